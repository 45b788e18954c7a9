import JSON
import MatrixCore
import Testing

/// `draupnir setup` on a real homeserver, from an empty folder.
@Suite(.serialized, .inTurn, .timeLimit(.minutes(10)))
struct SetupTests {
    @Test func `one command makes a protected community of a registration secret`() async throws {
        let synapse = try await Synapse.shared()
        let manager = try await synapse.register("manager")
        let victim = try await synapse.register("spammer")
        let localpart = "draupnir-" + uniqueSuffix()
        let room = try await openRoom(manager, for: "@\(localpart):synapse.test")
        try await victim.join(room)
        let command = try SetupCommand(synapse)

        let outcome = try await command.setUp([
            "--localpart", localpart, "--manager", manager.userID.rawValue, "--homeserver-config",
            command.homeserverConfig, "--server-admin", "--list", "bans", "--protect", room.rawValue, "--json",
        ])
        #expect(outcome.status == 0, "\(outcome.errors)")
        let json = try #require(outcome.json)
        #expect(json["ok"] == true)
        #expect(json["user"]?.string == "@\(localpart):synapse.test")
        #expect(json["admin"] == true)
        #expect(json["rate_limits"] == "off")
        #expect(json["self_test"]?["ban"]?["observed_ms"]?.integer != nil)
        #expect(json["self_test"]?["state_after"] == true)

        let bot = try await command.bot()
        let admin = try await synapse.register("root", isAdmin: true)
        let limit = try await admin.call(.get, .admin("v1", "users", bot.userID.rawValue, "override_ratelimit"))
        #expect(limit["messages_per_second"] == 0)
        #expect(limit["burst_count"] == 0)
        let features = try await admin.call(.get, .admin("v1", "experimental_features", bot.userID.rawValue))
        #expect(features["features"]?["msc4222"] == true)
        try await bot.call(.get, .admin("v1", "rooms"), query: [("limit", "1")])
        #expect(try await bot.joinedRooms().count == 3, "the management room, the list and the protected room")

        #expect(command.mode(command.directory + "/secrets/access-token") == 0o600)
        #expect(command.mode(command.directory + "/secrets") == 0o700)
        let configuration = command.directory + "/production.yaml"
        let token = command.directory + "/secrets/access-token"
        let check = try await command.run(["config", "check", configuration, "--access-token-path", token])
        #expect(check.output.contains("can be used: 0 problems, 0 warnings, 0 notes."))

        let process = try await command.start(
            ["bot", "--draupnir-config", configuration, "--access-token-path", token],
            name: "bot"
        )
        defer { process.send(9) }
        let made = json["management_room"]?.string ?? ""
        let management = try await command.joinManagementRoom(made, as: manager, of: bot)
        // Commands before its first sync are of a time when it was not there.
        _ = try await management.message { $0.contains("I protect") }
        #expect(try await management.command("ban \(victim.userID) bans spam").isDone)
        try await polling(atMost: .seconds(180), "the ban in the protected room") {
            try await manager.membership(of: victim.userID, in: room) == .ban ? () : nil
        }
    }

    @Test func `a password is enough on a server that gives nothing`() async throws {
        var options = SynapseOptions()
        options.limitsRates = true
        let synapse = try await Synapse.start(options)
        defer { synapse.stop() }
        let manager = try await synapse.register("manager")
        let account = try await synapse.register(localpart: "guard", password: "correct horse")
        let command = try SetupCommand(synapse)
        let password = try command.secretFile("password", "correct horse")

        let outcome = try await command.setUp([
            "--localpart", "guard", "--manager", manager.userID.rawValue, "--password-file", password, "--json",
        ])
        #expect(outcome.status == 0, "\(outcome.errors)")
        let json = try #require(outcome.json)
        #expect(json["user"]?.string == account.userID.rawValue)
        #expect(json["admin"] == false)
        #expect(json["self_test"]?["limit"]?["retry_after_ms"]?.integer != nil, "the limit is measured")
        let advice = outcome.errors
        #expect(advice.contains("'\(synapse.url)/_synapse/admin/v1/users/%40guard%3Asynapse.test/override_ratelimit'"))
        #expect(try await command.bot().joinedRooms().count == 2, "the scratch room is left")
        #expect(!command.exists(command.directory + "/secrets/account-password"), "a given password is not kept")
    }

    @Test func `a second run makes nothing twice`() async throws {
        let synapse = try await Synapse.shared()
        let proxy = try FaultyProxy(to: synapse)
        defer { proxy.stop() }
        let manager = try await synapse.register("manager")
        let command = try SetupCommand(synapse, through: proxy)
        let arguments = [
            "--localpart", "twice-" + uniqueSuffix(), "--manager", manager.userID.rawValue, "--homeserver-config",
            command.homeserverConfig, "--server-admin",
        ]
        #expect(try await command.setUp(arguments).status == 0)
        let rooms = try await command.bot().joinedRooms()
        proxy.resetCounts()
        #expect(try await command.setUp(arguments).status == 0)
        #expect(try await command.bot().joinedRooms() == rooms)
        #expect(proxy.count(.post, "createRoom") == 1, "the scratch room and no other")
        #expect(proxy.count(.post, "register") == 0)
        #expect(proxy.count(.post, "login") == 0)
        #expect(proxy.count(.put, "account_data/*") == 0)
    }

    @Test func `a dry run asks for everything and changes nothing`() async throws {
        let synapse = try await Synapse.shared()
        let proxy = try FaultyProxy(to: synapse)
        defer { proxy.stop() }
        let manager = try await synapse.register("manager")
        let command = try SetupCommand(synapse, through: proxy)
        let outcome = try await command.setUp([
            "--localpart", "dry-" + uniqueSuffix(), "--manager", manager.userID.rawValue, "--homeserver-config",
            command.homeserverConfig, "--server-admin", "--dry-run", "--json",
        ])
        #expect(outcome.status == 0, "\(outcome.errors)")
        #expect(proxy.exchanges.allSatisfy { $0.method == "GET" })
        #expect(!command.exists(command.directory))
        let requests = (outcome.json?["requests"]?.elements ?? []).compactMap(\.string)
        for path in [
            "admin/v1/register", "override_ratelimit", "experimental_features", "createRoom", "/ban", "/redact/",
        ] {
            #expect(requests.contains { $0.contains(path) }, "\(path)")
        }
        #expect(requests.allSatisfy { !$0.contains("hunter") && !$0.contains(command.read(command.homeserverConfig)) })
    }

    @Test(arguments: [
        ("admin token", ["--admin-access-token-file"]), ("registration", ["--register"]),
    ])
    func `other ways lead to an account`(_ name: String, arguments: [String]) async throws {
        let synapse = try await Synapse.shared()
        let manager = try await synapse.register("manager")
        let admin = try await synapse.register("root", isAdmin: true)
        let command = try SetupCommand(synapse)
        let localpart = "way-" + uniqueSuffix()
        var arguments = arguments
        if name == "admin token" { arguments.append(try command.secretFile("admin", admin.accessToken)) }
        let outcome = try await command.setUp(
            ["--localpart", localpart, "--manager", manager.userID.rawValue, "--json"] + arguments
        )
        #expect(outcome.status == 0, "\(outcome.errors)")
        #expect(outcome.json?["user"]?.string == "@\(localpart):synapse.test")
        #expect(outcome.json?["rate_limits"] == (name == "admin token" ? "off" : nil))
        #expect(!command.exists(command.directory + "/secrets/admin-access-token"), "it is not kept unasked")
    }

    @Test func `the rooms of a space are protected, and power that is missing is told`() async throws {
        let synapse = try await Synapse.shared()
        let manager = try await synapse.register("manager")
        let localpart = "space-" + uniqueSuffix()
        var new = NewRoom(name: "space")
        new.creation = ["type": "m.space"]
        let space = try await manager.createRoom(new)
        let full = try await openRoom(manager, for: "@\(localpart):synapse.test")
        let lacking = try await manager.createRoom()
        for room in [full, lacking] {
            let content: JSONValue = ["via": ["synapse.test"]]
            try await manager.setState(EventType(rawValue: "m.space.child"), key: room.rawValue, content, in: space)
        }
        let command = try SetupCommand(synapse)
        let outcome = try await command.setUp([
            "--localpart", localpart, "--manager", manager.userID.rawValue, "--homeserver-config",
            command.homeserverConfig, "--protect-space", space.rawValue, "--json",
        ])
        #expect(outcome.status == 0, "\(outcome.errors)")
        let protected = (outcome.json?["protected"]?.elements ?? []).compactMap(\.string)
        #expect(Set(protected) == [full.rawValue, lacking.rawValue])
        #expect(outcome.errors.contains("\(lacking): the bot has power level 0 and cannot ban (50)"))
        #expect(!outcome.errors.contains("\(full): the bot has"))
    }

    /// A room in which this account may do everything, once it is in.
    private func openRoom(_ owner: TestClient, for bot: String) async throws -> RoomID {
        var room = NewRoom(name: "community")
        var users: JSONValue = [:]
        for user in [bot, owner.userID.rawValue] { users = users.with(user, 100) }
        room.powerLevels = ["users": users]
        return try await owner.createRoom(room)
    }
}
