import JSON
import MatrixCore
import Testing

@Suite(.serialized, .inTurn, .timeLimit(.minutes(10)))
struct SynapseTests {
    @Test(arguments: ["10", "11", "12"])
    func `carries messages, reactions and bans from one account to another`(version: String) async throws {
        let synapse = try await Synapse.shared()
        let (alice, bob) = (try await synapse.register("alice"), try await synapse.register("bob"))
        let room = try await alice.createRoom(NewRoom(version: version))
        try await bob.join(room)
        let feed = try await bob.follow()

        async let hello = feed.message(in: room, from: alice.userID)
        let sent = try await alice.say("hello", in: room)
        #expect(try await hello.id == sent)
        try await alice.react("👋", to: sent, in: room)
        let reaction = try await feed.event(in: room) { $0.reaction?.target == sent }
        #expect(reaction.reaction?.key == "👋")

        try await alice.ban(bob.userID, from: room, reason: "testing")
        let bobID = bob.userID
        try await feed.rooms("bob's ban") { $0.membership(of: bobID, in: room) == .ban }
        #expect(try await alice.members(of: room) == [alice.userID: .join, bob.userID: .ban])
        #expect(try await alice.state(.create, in: room)?["room_version"] == .string(version))
    }

    @Test func `shows an invitation and who sent it`() async throws {
        let synapse = try await Synapse.shared()
        let (alice, bob) = (try await synapse.register("alice"), try await synapse.register("bob"))
        let feed = try await bob.follow()
        let room = try await alice.createRoom(NewRoom(isPublic: false, invited: [bob.userID]))
        #expect(try await feed.invitation(from: alice.userID) == room)
    }

    @Test func `tells what it saw when the awaited does not come`() async throws {
        let synapse = try await Synapse.shared()
        let alice = try await synapse.register("alice")
        let room = try await alice.createRoom()
        try await alice.say("something else", in: room)
        let feed = try await alice.follow()
        let passed = await #expect(throws: DeadlinePassed.self) {
            try await feed.event("a miracle", in: room, within: .milliseconds(100)) { _ in false }
        }
        #expect(passed?.seen.contains("something else") == true)
    }

    @Test func `keeps account data and power levels`() async throws {
        let synapse = try await Synapse.shared()
        let (alice, bob) = (try await synapse.register("alice"), try await synapse.register("bob"))
        #expect(try await alice.accountData(AccountDataType.protectedRooms) == nil)
        try await alice.setAccountData(AccountDataType.protectedRooms, ["rooms": ["!a:b"]])
        #expect(try await alice.accountData(AccountDataType.protectedRooms) == ["rooms": ["!a:b"]])

        let room = try await alice.createRoom()
        try await bob.join(room)
        try await alice.setPowerLevel(50, of: bob.userID, in: room)
        try await bob.kick(bob.userID, from: room)
        #expect(try await alice.membership(of: bob.userID, in: room) == .leave)
    }

    @Test func `limits rates only where a test asks for it`() async throws {
        let limited = try await Synapse.shared(SynapseOptions(limitsRates: true))
        let account = try await limited.register("alice")
        let room = try await account.createRoom()
        let failure = await #expect(throws: MatrixFailure.self) {
            for index in 0..<50 { try await account.say("\(index)", in: room) }
        }
        #expect(failure?.code == "M_LIMIT_EXCEEDED")
        try await limited.register("admin", isAdmin: true).setRateLimit(of: account.userID, perSecond: 0, burst: 0)
        for index in 0..<20 { try await account.say("\(index)", in: room) }
    }

    @Test func `offers the state behind the timeline where a test asks for it`() async throws {
        let synapse = try await Synapse.shared(SynapseOptions(knowsStateAfter: true))
        let alice = try await synapse.register("alice")
        let room = try await alice.createRoom()
        let answer = try await alice.call(
            .get,
            .client("sync"),
            query: [("org.matrix.msc4222.use_state_after", "true")]
        )
        let joined = answer["rooms"]?["join"]?[room.rawValue]
        #expect(joined?["org.matrix.msc4222.state_after"]?["events"]?.elements.isEmpty == false)
    }

    @Test(arguments: ["10", "11", "12"])
    func `makes a community`(version: String) async throws {
        let synapse = try await Synapse.shared()
        let bot = try await synapse.register("bot")
        let community = try await synapse.makeCommunity(rooms: 3, members: 5, admins: [bot], version: version)
        let room = try #require(community.rooms.last)
        #expect(try await community.owner.members(of: room).count == 7)
        try await bot.ban(try #require(community.members.first).userID, from: room)
    }
}
