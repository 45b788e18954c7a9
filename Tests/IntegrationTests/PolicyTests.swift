import Cryptography
import JSON
import MatrixCore
import Testing

/// Rules as moderators write, edit and remove them in a list.
@Suite(.serialized, .inTurn, .timeLimit(.minutes(10)))
struct PolicyTests {
    @Test func `an edited rule means at once what it says now, and an emptied one nothing`() async throws {
        try await withProtectedCommunity(.init(rooms: 2, members: 3), on: .tellingStateAfter) { town in
            let (first, second, sentinel) = (town.members[0], town.members[1], town.members[2])
            let room = try await town.start()
            try await town.rule(.user, first.userID.rawValue, key: "rule")
            try await room.bans(of: [first], in: town.rooms)

            try await town.rule(.user, second.userID.rawValue, key: "rule")
            try await room.bans(of: [second], in: town.rooms)
            try await comeBack(first, to: town.rooms, of: town)

            try await town.policy(.user, key: "rule", [:])
            try await comeBack(second, to: town.rooms, of: town)

            // What came before the last rule was judged before it.
            try await town.rule(.user, sentinel.userID.rawValue, key: "other")
            try await room.bans(of: [sentinel], in: town.rooms)
            for user in [first, second] {
                for protected in town.rooms {
                    #expect(try await town.moderator.membership(of: user.userID, in: protected) == .join)
                }
            }
            #expect(try await room.command("rules matching \(first.userID)").text.contains("No rule"))
            #expect(await room.banCounts.values.allSatisfy { $0 == 1 })
        }
    }

    @Test func `a redacted rule is no rule any more`() async throws {
        try await withProtectedCommunity(.init(rooms: 1, members: 2), on: .tellingStateAfter) { town in
            let room = try await town.start()
            let rule = try await town.rule(.user, town.members[0].userID.rawValue)
            try await room.bans(of: [town.members[0]], in: town.rooms)
            try await town.moderator.redact(rule, in: town.list)
            try await comeBack(town.members[0], to: town.rooms, of: town)
            try await town.ban([town.members[1]])
            try await room.bans(of: [town.members[1]], in: town.rooms)
            #expect(try await town.moderator.membership(of: town.members[0].userID, in: town.rooms[0]) == .join)
        }
    }

    @Test func `takedowns, hashes, globs and rules of former types are enforced as they come`() async throws {
        try await withProtectedCommunity(.init(rooms: 2, members: 5), on: .tellingStateAfter) { town in
            let room = try await town.start()
            let users = town.members.map(\.userID.rawValue)
            try await town.rule(.user, users[0], recommendation: "org.matrix.msc4204.takedown")
            let hash = base64(try Digest.sha256(Array(users[1].utf8).span))
            try await town.policy(
                .user,
                key: "hashed",
                ["recommendation": "m.ban", "org.matrix.msc4205.hashes": ["sha256": .string(hash)]]
            )
            try await town.rule(.user, "@" + town.members[2].userID.localpart.dropLast(2) + "*:synapse.test")
            for (type, user) in [("m.room.rule.user", users[3]), ("org.matrix.mjolnir.rule.user", users[4])] {
                try await town.moderator.setState(
                    EventType(rawValue: type),
                    key: "rule:" + user,
                    ["entity": .string(user), "reason": "spam", "recommendation": "org.matrix.mjolnir.ban"],
                    in: town.list
                )
            }
            try await room.bans(of: town.members, in: town.rooms)
        }
    }

    @Test func `whoever a rule names is banned when they come`() async throws {
        try await withProtectedCommunity(.init(rooms: 2, members: 0), on: .tellingStateAfter) { town in
            let room = try await town.start()
            let spammer = try await town.account.homeserver.register("spammer")
            try await town.ban([spammer])
            try await spammer.join(town.rooms[0])
            try await room.bans(of: [spammer], in: [town.rooms[0]])
            // An invitation makes present too: to be banned beats to be asked in.
            try await town.moderator.invite(spammer.userID, to: town.rooms[1])
            try await room.bans(of: [spammer], in: town.rooms)
        }
    }

    /// A glob that is no user ID, an entity that is none, a rule of an unknown type: none of them stops the next.
    @Test func `rules that mean nothing do no harm`() async throws {
        try await withProtectedCommunity(.init(rooms: 1), on: .tellingStateAfter) { town in
            let room = try await town.start()
            try await town.rule(.user, "@late*")
            try await town.rule(.user, "")
            try await town.rule(.user, town.members[0].userID.rawValue, recommendation: "m.praise", key: "praise")
            try await town.policy(.server, key: "x", ["entity": [], "recommendation": "m.ban"])
            try await town.policy(.room, key: "x", ["entity": "#nowhere", "recommendation": "m.ban"])
            _ = try await room.message { $0.contains("⚠️") && $0.contains("its entity is empty") }
            try await town.ban(town.members)
            try await room.bans(of: town.members, in: town.rooms)
        }
    }

    private func comeBack(_ user: TestClient, to rooms: [RoomID], of town: ProtectedCommunity) async throws {
        for room in rooms {
            try await town.moderator.unban(user.userID, in: room)
            try await user.join(room)
        }
    }

    /// Unpadded, as MSC4205 has it.
    private func base64(_ bytes: [UInt8]) -> String {
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
        var text = ""
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let group = bytes[start..<min(start + 3, bytes.count)]
            let bits = group.reduce(0) { $0 << 8 | Int($1) } << (8 * (3 - group.count))
            for digit in 0...group.count { text.append(alphabet[bits >> (18 - 6 * digit) & 63]) }
        }
        return text
    }
}
