import JSON
import MatrixCore
import Testing

/// A setup that is killed while the homeserver has acted and the answer is on its way, then run again.
@Suite(.serialized, .inTurn, .timeLimit(.minutes(10)))
struct SetupResumeTests {
    struct Moment: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let method: MatrixMethod
        let path: String
        let count: Int

        init(_ name: String, _ method: MatrixMethod, _ path: String, _ count: Int = 1) {
            testDescription = name
            self.method = method
            self.path = path
            self.count = count
        }
    }

    @Test(arguments: [
        Moment("the account was made", .post, "admin/v1/register"),
        Moment("its device was named", .put, "devices/*"),
        Moment("the token was tried", .get, "account/whoami"),
        Moment("admin rights were looked at", .get, "admin/v2/users"),
        Moment("the rate limit was lifted", .post, "override_ratelimit"),
        Moment("MSC4222 was switched on", .put, "experimental_features/*"),
        Moment("the management room was made", .post, "createRoom"),
        Moment("the management room was noted", .put, "account_data/*"),
        Moment("the list was made", .post, "createRoom", 2), Moment("the list was noted", .put, "account_data/*", 2),
        Moment("the list was protected", .put, "account_data/*", 3),
        Moment("the scratch room was made", .post, "createRoom", 3),
        Moment("the test's ban was done", .post, "ban"), Moment("the scratch room was left", .post, "leave"),
    ])
    func `nothing is made twice after a kill when`(_ moment: Moment) async throws {
        let synapse = try await Synapse.shared()
        let proxy = try FaultyProxy(to: synapse)
        defer { proxy.stop() }
        let manager = try await synapse.register("manager")
        let command = try SetupCommand(synapse, through: proxy)
        let localpart = "resumed-" + uniqueSuffix()
        let arguments = [
            "--localpart", localpart, "--manager", manager.userID.rawValue, "--homeserver-config",
            command.homeserverConfig, "--server-admin", "--json",
        ]
        let gate = Gate()
        for _ in 1..<moment.count { proxy.inject(.delayAnswer(.zero), into: moment.method, moment.path) }
        proxy.inject(.holdAnswer(until: gate), into: moment.method, moment.path)
        let process = try await command.start(command.usual + arguments, name: "killed")
        try await proxy.waitForRequests(moment.count, moment.method, moment.path, answered: true, within: .seconds(180))
        process.send(9)
        #expect(try await process.end(within: .seconds(180)) == .killed(signal: 9))
        gate.open()
        proxy.heal()

        let outcome = try await command.setUp(arguments)
        #expect(outcome.status == 0, "\(outcome.errors)")
        let bot = try await command.bot()
        #expect(bot.userID.rawValue == "@\(localpart):synapse.test")
        #expect(outcome.json?["rate_limits"] == "off")
        let rooms = try await bot.joinedRooms()
        #expect(rooms.count == 2, "the management room and the list, and no scratch room: \(rooms)")
        #expect(outcome.json?["management_room"]?.string.map { room in rooms.contains { $0.rawValue == room } } == true)
        let watched = try await bot.accountData(AccountDataType.watchedLists)
        #expect(watched?["references"]?.elements.count == 1)
        let protected = try await bot.accountData(AccountDataType.protectedRooms)
        #expect(protected?["rooms"]?.elements.count == 1)
        let invitations = try await manager.follow()
        _ = try await invitations.invitation(from: bot.userID)
    }

    @Test func `a failure of the homeserver in the middle is told, and the next run goes on`() async throws {
        let synapse = try await Synapse.shared()
        let proxy = try FaultyProxy(to: synapse)
        defer { proxy.stop() }
        let manager = try await synapse.register("manager")
        let command = try SetupCommand(synapse, through: proxy)
        let arguments = [
            "--localpart", "failed-" + uniqueSuffix(), "--manager", manager.userID.rawValue, "--homeserver-config",
            command.homeserverConfig,
        ]
        proxy.inject(.refuse(status: 502, ["error": "upstream"]), into: .post, "createRoom")
        let first = try await command.setUp(arguments)
        #expect(first.status == 1)
        #expect(first.errors.contains("management-room: making the room (POST /_matrix/client/v3/createRoom)"))
        #expect(first.errors.contains("upstream (status 502)"))
        let second = try await command.setUp(arguments)
        #expect(second.status == 0, "\(second.errors)")
        #expect(proxy.count(.post, "register") == 1)
    }
}
