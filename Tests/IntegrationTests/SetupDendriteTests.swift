import Synchronization
import FoundationEssentials
import JSON
import MatrixCore
import Testing

/// Setup on Dendrite: its recorded answers, and rooms of a real Synapse behind them.
@Suite(.serialized, .inTurn, .timeLimit(.minutes(10)))
struct SetupDendriteTests {
    @Test func `the registration secret makes the account, the patch is shown, and a second run makes nothing twice`()
        async throws
    {
        let scene = try await DendriteScene()
        defer { scene.server.stop() }
        let file = try scene.configuration()
        let before = scene.command.read(file)
        let outcome = try await scene.setUp(["--homeserver-config", file])
        #expect(outcome.status == 0, "\(outcome.errors)")
        #expect(outcome.json?["server"]?.string == "Dendrite")
        #expect(outcome.json?["user"]?.string == "@\(scene.localpart):synapse.test")
        #expect(outcome.json?["admin"] == false)
        #expect(outcome.errors.contains("+      - \"@\(scene.localpart):synapse.test\"\n"), "\(outcome.errors)")
        #expect(!outcome.errors.contains(RecordedDendrite.secret))
        #expect(scene.command.read(file) == before, "it is shown and never written")
        #expect(scene.server.violations == [])
        let again = try await scene.setUp(["--homeserver-config", file])
        #expect(again.status == 0, "\(again.errors)")
        #expect(scene.server.requests.count { $0 == "POST /_synapse/admin/v1/register" } == 1)
        #expect(try await scene.command.bot().joinedRooms().count == 2)

        let doctor = try await scene.command.run(
            ["doctor", "--draupnir-config", scene.command.directory + "/production.yaml"]
        )
        let told = doctor.output + doctor.errors
        #expect(told.contains("    draupnir ratelimit disable --homeserver-config dendrite.yaml\n"), "\(told)")
        #expect(!told.contains("/_synapse/admin/v1/users"), "\(told)")
        #expect(scene.server.requests.contains { $0.contains("/admin/whois/%40draupnir-asks%3Asynapse.test") })
    }

    @Test func `a dry run asks for nothing that changes Dendrite, and keeps nothing`() async throws {
        let scene = try await DendriteScene()
        defer { scene.server.stop() }
        let outcome = try await scene.setUp(["--homeserver-config", try scene.configuration(), "--dry-run"])
        #expect(outcome.status == 0, "\(outcome.errors)")
        #expect(scene.server.requests.filter { !$0.hasPrefix("GET ") } == [])
        #expect(outcome.errors.contains("+      - \"@\(scene.localpart):synapse.test\"\n"), "\(outcome.errors)")
        scene.expectNothingKept()
    }

    @Test func `without an account the patch is shown all the same, and none is made`() async throws {
        let scene = try await DendriteScene()
        defer { scene.server.stop() }
        let shown = try await scene.run(["ratelimit", "disable"], ["--homeserver-config", try scene.configuration()])
        #expect(shown.status == 1)
        #expect(shown.errors.contains("+      - \"@\(scene.localpart):synapse.test\"\n"), "\(shown.errors)")
        #expect(scene.server.requests.filter { !$0.hasPrefix("GET ") } == [])
        scene.expectNothingKept()
    }

    @Test func `patch makes of the file what was shown, and then the limits are off`() async throws {
        let scene = try await DendriteScene(.init(), password: "correct horse")
        defer { scene.server.stop() }
        let file = try scene.configuration()
        let password = try scene.command.secretFile("password", "correct horse")
        #expect(try await scene.run(["login"], ["--password-file", password]).status == 0)
        let shown = try await scene.run(["ratelimit", "disable"], ["--homeserver-config", file])
        #expect(shown.status == 1)
        #expect(shown.errors.contains("Dendrite limits how fast the bot may join"))
        try Data(shown.errors.utf8).write(to: URL(filePath: scene.command.folder + "/told"))
        let script = "patch --batch '\(file)' < '\(scene.command.folder)/told'"
        let patch = try await ChildProcess("sh", ["-c", script], log: scene.command.folder + "/patch.log")
        guard case .exited(0) = try await patch.end(within: .seconds(180)) else {
            Issue.record("\(scene.command.read("patch.log"))")
            return
        }
        let done = try await scene.run(["ratelimit", "disable"], ["--homeserver-config", file])
        #expect(done.status == 0, "\(done.errors)")
        #expect(done.output.contains("exempts @\(scene.localpart):synapse.test from rate limits"))
        #expect(scene.server.violations == [])
    }

    @Test func `its limits are waited for, not met with a failure`() async throws {
        let scene = try await DendriteScene(.init(places: 1))
        defer { scene.server.stop() }
        let rooms = try await concurrently(0..<9) { _ in try await scene.manager.createRoom() }
        let outcome = try await scene.setUp(
            ["--homeserver-config", try scene.configuration()] + rooms.flatMap { ["--protect", $0.rawValue] }
        )
        #expect(outcome.status == 0, "\(outcome.errors)")
        #expect(scene.server.state.withLock { $0.refusals } > 0)
        #expect(try await scene.command.bot().joinedRooms().count == 11)
    }

    @Test func `an admin account is made as one, and not limited`() async throws {
        let scene = try await DendriteScene()
        defer { scene.server.stop() }
        let outcome = try await scene.create(["--homeserver-config", try scene.configuration(), "--server-admin"])
        #expect(outcome.status == 0, "\(outcome.errors)")
        #expect(outcome.output.contains("is a server admin"))
        let limits = try await scene.run(["ratelimit", "show"], [])
        #expect(limits.status == 0, "\(limits.errors)")
        #expect(limits.output.contains("no limit applies to server admins"))
    }

    @Test func `a registration token is not asked for, which is told`() async throws {
        let scene = try await DendriteScene(.init(isOpen: true))
        defer { scene.server.stop() }
        let token = try scene.command.secretFile("token", "sesame")
        let outcome = try await scene.create(["--registration-token-file", token])
        #expect(outcome.status == 0, "\(outcome.errors)")
        #expect(outcome.output.contains("did not ask for the registration token"), "\(outcome.output)")
    }
}
