import JSON
import MatrixCore
import Moderation
import Protections
import SimulatedHomeserver
import Testing

/// What the contract cannot ask of every homeserver.
@Suite(.timeLimit(.minutes(1))) struct RoomTests {
    @Test func `who left sees the room as it was then`() async throws {
        let town = try await Town()
        let alice = await town.homeserver.register(town.alice)
        let name = StateKey(.name)
        func setName(_ text: String) async throws {
            let rename = Action.sendState(.name, key: "", content: ["name": .string(text)], in: town.room)
            try await town.homeserver.perform(rename, by: town.bot.user)
        }
        try await setName("then")
        _ = try await alice.perform(.leave(town.room), transaction: "t")
        try await setName("now")
        #expect(try await alice.stateContent(name, in: town.room) == ["name": "then"])
        let seen = try await value(alice.state(of: town.room)).elements.first { $0["type"] == "m.room.name" }
        #expect(seen?["content"] == ["name": "then"])
        let last = try await value(alice.messages(in: town.room, from: "s999", to: nil, limit: 1))["chunk"]
        #expect(last?.elements.first?["content"]?["membership"] == "leave")
        try await town.homeserver.setMembership(.ban, of: town.alice, by: town.bot.user, in: town.room)
        #expect(await failure { try await alice.state(of: town.room) }?.isForbidden == true)
    }

    @Test func `a room's server ACL keeps out the users of a server`() async throws {
        let town = try await Town()
        let mallory = try UserID(parsing: "@mallory:evil.org")
        try await town.homeserver.join([mallory], to: town.room)
        try await town.homeserver.say("before", by: mallory, in: town.room)
        let acl = ServerACLContent(deny: ["*.org", "evil.org"])
        let suicidal = await failure { try await town.bot.perform(.setServerACL(acl, in: town.room), transaction: "t") }
        #expect(suicidal?.metricLabel == "refused")
        _ = try await town.bot.perform(
            .setServerACL(ServerACLContent(deny: ["evil.org"]), in: town.room),
            transaction: "t"
        )
        let error = await failure { try await town.homeserver.say("after", by: mallory, in: town.room) }
        #expect(error == .refused(status: 403, code: "M_FORBIDDEN", message: "Server is banned from room"))
    }

    @Test func `a restricted room lets in the members of another`() async throws {
        let town = try await Town()
        let rule: JSONValue = [
            "join_rule": "restricted",
            "allow": [["type": "m.room_membership", "room_id": .string(town.room.rawValue)]],
        ]
        let template = RoomTemplate(
            preset: .publicChat,
            initialState: [.init(type: .joinRules, content: rule)],
            version: "11"
        )
        let inner = try await town.homeserver.makeRoom(by: town.bot.user, template)
        let bob = try UserID(parsing: "@bob:a.org")
        try await town.homeserver.perform(.join(RoomReference(inner)), by: town.alice)
        let error = await failure {
            try await town.homeserver.perform(.join(RoomReference(inner)), by: bob)
        }
        #expect(error?.isForbidden == true)
        #expect(await town.homeserver.members(of: inner) == [town.alice, town.bot.user])
    }

    @Test func `a policy rule that is redacted is empty in the state`() async throws {
        let town = try await Town()
        let key = StateKey(EventType(rawValue: "m.policy.rule.user"), "rule")
        let write = Action.sendState(key.type, key: key.key, content: ["entity": "@x:y"], in: town.room)
        guard case .event(let rule) = try await town.bot.perform(write, transaction: "t") else {
            Issue.record("no event")
            return
        }
        _ = try await town.bot.perform(.redact(rule, reason: "", in: town.room), transaction: "u")
        #expect(await town.homeserver.stateContent(key, in: town.room) == [:])
        #expect(await town.homeserver.isRedacted(rule, in: town.room))
    }

    @Test(arguments: [("9", true), ("10", false)])
    func `power levels are read as the room's version reads them`(_ version: String, textCounts: Bool) async throws {
        let town = try await Town()
        let template = RoomTemplate(preset: .publicChat, version: version)
        let room = try await town.homeserver.makeRoom(by: town.bot.user, template)
        let bob = try UserID(parsing: "@bob:a.org")
        try await town.homeserver.join([town.alice, bob], to: room)
        let levels: JSONValue = ["users": [.init(town.alice.rawValue): "50"]]
        let write = Action.sendState(.powerLevels, key: "", content: levels, in: room)
        let refusal = await failure { try await town.homeserver.perform(write, by: town.bot.user) }
        #expect((refusal == nil) == textCounts)
        let ban = await failure { try await town.homeserver.perform(.ban(bob, in: room, reason: ""), by: town.alice) }
        #expect((ban == nil) == textCounts)
    }

    @Test func `an account that is registered late knows its past`() async throws {
        let town = try await Town()
        let alice = await town.homeserver.register(town.alice)
        #expect(try await alice.joinedRooms() == [town.room])
        let body = try await value(alice.sync(SyncRequest(since: nil, timeout: .zero)))
        #expect(body["rooms"]?["join"]?[town.room.rawValue] != nil)
    }
}

@Suite(.timeLimit(.minutes(1))) struct VirtualTimeTests {
    @Test func `moves both clocks, and only when it is told`() {
        let time = VirtualTime(startingAt: 1_000)
        #expect(time.now() == Moment(monotonic: .zero, wallMilliseconds: 1_000))
        time.advance(by: .milliseconds(1_500))
        #expect(time.now() == Moment(monotonic: .milliseconds(1_500), wallMilliseconds: 2_500))
    }

    @Test func `wakes whose time has come, and nobody else`() async throws {
        let time = VirtualTime()
        try await time.sleep(until: .zero)
        async let early: Void = time.sleep(until: .seconds(1))
        async let late: Void = time.sleep(until: .seconds(2))
        await time.whenSleeping(2)
        #expect(time.advanceToNextDeadline())
        try await early
        #expect(time.sleeperCount == 1)
        #expect(time.now().monotonic == .seconds(1))
        #expect(time.advanceToNextDeadline())
        try await late
        #expect(!time.advanceToNextDeadline())
    }

    @Test func `a sleeper that is cancelled wakes at once`() async {
        let time = VirtualTime()
        let asleep = Task { try await time.sleep(until: .seconds(1)) }
        await time.whenSleeping()
        asleep.cancel()
        await #expect(throws: CancellationError.self) { try await asleep.value }
        #expect(time.sleeperCount == 0)
        let never = Task {
            unsafe withUnsafeCurrentTask { unsafe $0?.cancel() }
            try await time.sleep(until: .seconds(1))
        }
        await #expect(throws: CancellationError.self) { try await never.value }
        #expect(time.sleeperCount == 0)
    }
}
