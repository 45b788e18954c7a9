import JSON
import MatrixCore
import Moderation
import Protections
import Testing

extension ContractCheck {
    func ban() async throws {
        let (alice, bob) = (try await account("alice"), try await account("bob"))
        let room = try await room(by: alice, with: [bob])
        let stranger = try UserID(parsing: "@never-seen:elsewhere.example")
        for user in [bob.user, stranger] {
            #expect(try await alice.perform(.ban(user, in: room, reason: "spam")) == .done)
            #expect(
                try await alice.homeserver.stateContent(StateKey(.member, user.rawValue), in: room)?["reason"] == "spam"
            )
            #expect(try await alice.membership(of: user, in: room) == "ban")
        }
        #expect(await bob.refusal(of: .join(RoomReference(room))).summary == "403 M_BAD_STATE")
        let before = try await alice.sync(nil).next
        #expect(try await alice.perform(.ban(bob.user, in: room, reason: "spam")) == .done)
        let unchanged = try await alice.sync(before)
        #expect(unchanged.joined(room) == nil)
        #expect(try await alice.perform(.ban(bob.user, in: room, reason: "other")) == .done)
        // From there: Synapse answers the same sync from a cache.
        #expect(try await alice.sync(try unchanged.next).timeline(room).map { $0["content"]?["reason"] } == ["other"])
    }

    func unban() async throws {
        let (alice, bob) = (try await account("alice"), try await account("bob"))
        let room = try await room(by: alice, with: [bob])
        #expect(await alice.refusal(of: .unban(bob.user, in: room)).summary == "403 M_BAD_STATE")
        try await alice.perform(.ban(bob.user, in: room, reason: ""))
        #expect(try await alice.perform(.unban(bob.user, in: room)) == .done)
        #expect(try await alice.membership(of: bob.user, in: room) == "leave")
        #expect(await alice.refusal(of: .unban(bob.user, in: room)).summary == "403 M_BAD_STATE")
        try await bob.join(room)
    }

    func kick() async throws {
        let (alice, bob) = (try await account("alice"), try await account("bob"))
        let room = try await room(by: alice, with: [bob])
        #expect(try await alice.perform(.kick(bob.user, in: room, reason: "out")) == .done)
        #expect(try await alice.membership(of: bob.user, in: room) == "leave")
        #expect(await alice.refusal(of: .kick(bob.user, in: room, reason: "out")).summary == "403 M_FORBIDDEN")
        let stranger = try UserID(parsing: "@never-seen:elsewhere.example")
        #expect(await alice.refusal(of: .kick(stranger, in: room, reason: "")).summary == "403 M_FORBIDDEN")
        try await alice.perform(.ban(bob.user, in: room, reason: ""))
        #expect(await alice.refusal(of: .kick(bob.user, in: room, reason: "")).summary == "403 M_BAD_STATE")
        #expect(try await alice.membership(of: bob.user, in: room) == "ban")
    }

    func invite() async throws {
        let (alice, bob) = (try await account("alice"), try await account("bob"))
        let room = try await room(by: alice, RoomTemplate(preset: .privateChat))
        #expect(await bob.refusal(of: .join(RoomReference(room))).summary == "403 M_FORBIDDEN")
        #expect(try await alice.perform(.invite(bob.user, in: room)) == .done)
        #expect(try await alice.membership(of: bob.user, in: room) == "invite")
        try await bob.join(room)
        #expect(await alice.refusal(of: .invite(bob.user, in: room)).summary == "403 M_FORBIDDEN")
        // To join again is to be in the room.
        try await bob.join(room)
        #expect(try await bob.perform(.leave(room)) == .done)
        // To leave again changes nothing.
        #expect(try await bob.perform(.leave(room)) == .done)
        #expect(await bob.refusal(of: .join(RoomReference(room))).summary == "403 M_FORBIDDEN")
        try await alice.perform(.ban(bob.user, in: room, reason: ""))
        #expect(await alice.refusal(of: .invite(bob.user, in: room)).summary == "403 M_BAD_STATE")
    }

    func power() async throws {
        let (alice, bob) = (try await account("alice"), try await account("bob"))
        let carol = try await account("carol")
        let room = try await room(by: alice, with: [bob, carol], RoomTemplate(preset: .publicChat, version: "11"))
        let forbidden: [Action] = [
            .ban(carol.user, in: room, reason: ""), .kick(carol.user, in: room, reason: ""),
            .ban(alice.user, in: room, reason: ""), .setServerACL(ServerACLContent(), in: room),
            .sendState(.name, key: "", content: ["name": "x"], in: room),
        ]
        for action in forbidden { #expect(await bob.refusal(of: action).summary == "403 M_FORBIDDEN") }
        let levels: JSONValue = ["users": [alice.user.rawValue: 100, bob.user.rawValue: 50, carol.user.rawValue: 50]]
        try await alice.perform(.sendState(.powerLevels, key: "", content: levels, in: room))
        // Nobody of equal power; a moderator may not make one of his own level more than that.
        #expect(
            await bob.refusal(of: .ban(carol.user, in: room, reason: "")).summary == "403 M_FORBIDDEN"
        )
        #expect(await bob.refusal(of: .kick(carol.user, in: room, reason: "")).summary == "403 M_FORBIDDEN")
        let raised: JSONValue = ["users": [alice.user.rawValue: 100, bob.user.rawValue: 51, carol.user.rawValue: 50]]
        let raise = Action.sendState(.powerLevels, key: "", content: raised, in: room)
        #expect(await bob.refusal(of: raise).summary == "403 M_FORBIDDEN")
        try await alice.perform(.ban(carol.user, in: room, reason: ""))
        // Carol keeps her level while banned, so that an equal cannot unban her.
        #expect(await bob.refusal(of: .unban(carol.user, in: room)).summary == "403 M_FORBIDDEN")
        #expect(try await alice.perform(.unban(carol.user, in: room)) == .done)
    }

    func creators() async throws {
        let (alice, bob) = (try await account("alice"), try await account("bob"))
        let carol = try await account("carol")
        let template = RoomTemplate(
            preset: .publicChat,
            creationContent: ["additional_creators": [.string(carol.user.rawValue)]],
            powerLevels: ["users": [bob.user.rawValue: 9_007_199_254_740_991]],
            version: "12"
        )
        let room = try await room(by: alice, with: [bob, carol], template)
        for creator in [alice, carol] {
            #expect(await bob.refusal(of: .ban(creator.user, in: room, reason: "")).summary == "403 M_FORBIDDEN")
            let levels: JSONValue = ["users": [creator.user.rawValue: 100]]
            let write = Action.sendState(.powerLevels, key: "", content: levels, in: room)
            #expect(await alice.refusal(of: write).summary == "400 M_UNKNOWN")
        }
        #expect(await carol.refusal(of: .kick(alice.user, in: room, reason: "")).summary == "403 M_FORBIDDEN")
        #expect(try await carol.perform(.kick(bob.user, in: room, reason: "")) == .done)
    }
}
