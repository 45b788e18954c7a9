import Glibc
import JSON
import MatrixCore
import Testing

/// `draupnir doctor` on a real homeserver: a sound bot, one thing broken after the other, and what it mends.
@Suite(.serialized, .inTurn, .timeLimit(.minutes(10)))
struct SetupDoctorTests {
    @Test func `finds nothing that fails beside a running bot`() async throws {
        let scene = try await Scene()
        let process = try await scene.command.start(
            ["bot", "--draupnir-config", scene.configuration, "--access-token-path", scene.token],
            name: "bot"
        )
        defer { process.send(9) }
        _ = try await scene.joinManagementRoom()
        let outcome = try await scene.doctor("--json")
        #expect(outcome.status == 0, "\(outcome.output)")
        let checks = outcome.json?["checks"]?.elements ?? []
        let codes = Set(checks.compactMap { $0["code"]?.string })
        #expect(codes.count >= 40, "\(codes.count)")
        for check in checks {
            #expect(["ok", "warn"].contains(check["result"]?.string), "\(check)")
            #expect(check["object"]?.string?.isEmpty == false)
            #expect(check["cause"]?.string?.isEmpty == false)
            if check["result"]?.string != "ok" { #expect(check["cure"]?.string?.isEmpty == false, "\(check)") }
        }
        #expect(process.endingSoFar == nil)
        let table = try await scene.doctor("--all")
        #expect(table.output.contains("RL-1"))
        #expect(table.output.contains("0 FAIL"))
    }

    @Test func `a running bot shows failed checks in its status`() async throws {
        let scene = try await Scene()
        unsafe chmod(scene.token, 0o644)
        let process = try await scene.command.start(
            ["bot", "--draupnir-config", scene.configuration, "--access-token-path", scene.token],
            name: "bot"
        )
        defer { process.send(9) }
        let management = try await scene.joinManagementRoom()
        _ = try await management.message { $0.contains("I protect") }
        try await polling(atMost: .seconds(180), "the failed check in the status") {
            let text = try await management.command("status").text
            return text.contains("TOK-6") && text.contains("chmod 600") ? () : nil
        }
    }

    @Test func `what is broken is told with its cure, and what is safe is mended`() async throws {
        let scene = try await Scene()
        let synapse = scene.command.homeserver
        let admin = try await synapse.register("root", isAdmin: true)
        try await admin.setRateLimit(of: scene.bot.userID, perSecond: 5, burst: 10)
        try await scene.bot.call(
            .put,
            .admin("v1", "experimental_features", scene.bot.userID.rawValue),
            ["features": ["msc4222": false]]
        )
        unsafe chmod(scene.token, 0o644)
        var levels: JSONValue = [:]
        levels = levels.with(scene.manager.userID.rawValue, 100)
        var weak = NewRoom(name: "weak")
        weak.powerLevels = ["users": levels]
        let lacking = try await scene.manager.createRoom(weak)
        let outside = try await scene.manager.createRoom()
        try await scene.bot.join(lacking)
        var data = try #require(try await scene.bot.accountData(AccountDataType.protectedRooms))
        let rooms = (data["rooms"]?.elements ?? []) + [.string(lacking.rawValue), .string(outside.rawValue)]
        data = data.with("rooms", .array(rooms))
        try await scene.bot.setAccountData(AccountDataType.protectedRooms, data)
        let list = try #require(scene.list)
        try await scene.bot.setState(
            EventType(rawValue: "m.policy.rule.user"),
            key: "rule",
            ["entity": "@manager*", "recommendation": "m.ban", "reason": "oops"],
            in: list
        )

        let broken = try await scene.doctor("--json")
        #expect(broken.status == 1)
        #expect(broken.grade("RL-1") == "warn")
        #expect(broken.grade("RL-2") == "warn")
        #expect(broken.grade("NET-5") == "warn")
        #expect(broken.grade("TOK-6") == "fail")
        #expect(broken.grade("RM-1") == "fail")
        #expect(broken.grade("RM-2") == "fail")
        #expect(broken.cure("RM-2")?.contains("\"users\": {\"\(scene.bot.userID)\": 100}") == true)
        #expect(broken.grade("PL-2") == "fail")
        #expect(broken.cure("TOK-6") == "chmod 600 \(scene.token)")

        let mended = try await scene.doctor("--fix", "--json")
        #expect(mended.errors.contains("RL-1: switch the rate limits off for \(scene.bot.userID)"))
        #expect(mended.grade("RL-1") == "ok")
        #expect(mended.grade("NET-5") == "ok")
        #expect(mended.grade("TOK-6") == "ok")
        #expect(mended.grade("RM-1") == "ok", "it has joined the room")
        #expect(mended.grade("RM-2") == "fail", "power is not doctor's to give")
        #expect(scene.command.mode(scene.token) == 0o600)
        #expect(try await scene.bot.joinedRooms().contains(outside))

        try await scene.bot.setAccountData(AccountDataType.protectedRooms, data.with("rooms", []))
        #expect(try await scene.doctor("--json").grade("RM-8") == "fail", "protected rooms were lost")
    }

    @Test func `a dead token and a homeserver that is gone are told`() async throws {
        let scene = try await Scene()
        try await scene.bot.call(.post, .client("logout"))
        let dead = try await scene.doctor("--json")
        #expect(dead.status == 1)
        #expect(dead.grade("TOK-1") == "fail")
        #expect(dead.cure("TOK-1")?.contains("draupnir login") == true)
        let text = scene.command.read(scene.configuration)
        let gone = text.replacing(scene.command.homeserver.url, with: "http://127.0.0.1:1")
        try writeFile(gone, to: scene.configuration)
        let nobody = try await scene.doctor("--json")
        #expect(nobody.status == 1)
        #expect(nobody.grade("NET-1") == "fail")
    }

    @Test func `a configuration that is wrong is told, and none is asked for`() async throws {
        let command = try SetupCommand(await Synapse.shared())
        #expect(try await command.run(["doctor"]).status == 2)
        try writeFile(
            "homeserverUrl: http://127.0.0.1:1\nmanagmentRoom: x\npantalaimon: {use: true}\n",
            to: command.folder + "/c.yaml"
        )
        let outcome = try await command.run(["doctor", "--json", "--draupnir-config", "c.yaml"])
        #expect(outcome.status == 1)
        #expect(outcome.grade("OS-2") == "fail")
    }

    /// A bot that setup has just made.
    private struct Scene {
        let command: SetupCommand
        let manager: TestClient
        let bot: TestClient
        let list: RoomID?
        private let room: String
        var configuration: String { command.directory + "/production.yaml" }
        var token: String { command.directory + "/secrets/access-token" }

        init() async throws {
            let synapse = try await Synapse.shared()
            manager = try await synapse.register("manager")
            command = try SetupCommand(synapse)
            let outcome = try await command.setUp([
                "--localpart", "sound-" + uniqueSuffix(), "--manager", manager.userID.rawValue, "--homeserver-config",
                command.homeserverConfig, "--server-admin", "--json",
            ])
            #expect(outcome.status == 0, "\(outcome.errors)")
            room = outcome.json?["management_room"]?.string ?? ""
            list = outcome.json?["list"]?.string.flatMap { try? RoomID(parsing: $0) }
            bot = try await command.bot()
        }

        func joinManagementRoom() async throws -> ManagementRoom {
            try await command.joinManagementRoom(room, as: manager, of: bot)
        }

        func doctor(_ flags: String...) async throws -> SetupCommand.Outcome {
            try await command.run(["doctor", "--draupnir-config", configuration] + flags)
        }
    }
}

extension SetupCommand.Outcome {
    /// The worst result of a check.
    fileprivate func grade(_ code: String) -> String? {
        let grades = checks(code).compactMap { $0["result"]?.string }
        return ["fail", "warn", "ok"].first(where: grades.contains)
    }

    fileprivate func cure(_ code: String) -> String? { checks(code).compactMap { $0["cure"]?.string }.first }

    private func checks(_ code: String) -> [JSONValue] {
        (json?["checks"]?.elements ?? []).filter { $0["code"]?.string == code }
    }
}
