import JSON
import MatrixCore
import Testing

/// The command `unban`, from its preview to invitations.
@Suite(.serialized, .inTurn, .timeLimit(.minutes(10)))
struct UnbanTests {
    /// A user that is named by a server rule, a glob and their own name, and banned everywhere.
    @Test func `removes every rule and every ban, and invites back`() async throws {
        try await withProtectedCommunity(.init(rooms: 5, members: 1)) { town in
            let user = town.members[0].userID
            let room = try await town.start()
            try await town.rule(.server, "synapse.test")
            try await town.rule(.user, "@\(user.localpart):*")
            try await town.ban(town.members)
            try await room.bans(of: town.members, in: town.rooms)
            // The first rule that is read bans already.
            try await polling(atMost: .seconds(180), "all three rules are read") {
                try await room.command("rules").text.contains("3 rules") ? () : nil
            }

            let preview = try await room.preview("unban \(user)")
            #expect(preview.verdict == nil)
            #expect(preview.text.contains("3 rules would be removed"))
            #expect(preview.text.contains("1 user would be unbanned"))
            #expect(preview.text.contains("\(user) in 5 rooms"))
            #expect(!preview.text.contains("invited"))
            #expect(try await town.moderator.membership(of: user, in: town.rooms[0]) == .ban)

            let done = try await room.command("unban \(user) --no-confirm")
            #expect(done.isDone && done.text.contains("Removed 3 rules, lifted 5 bans"), "\(done.text)")
            try await membership(.leave, of: user, in: town.rooms, seenBy: room)
            #expect(try await room.command("rules").text.contains("0 rules"))

            let invited = try await room.command("unban \(user) --no-confirm --invite")
            #expect(invited.isDone && invited.text.contains("5 invitations"), "\(invited.text)")
            try await membership(.invite, of: user, in: town.rooms, seenBy: room)
        }
    }

    @Test func `removes bans that no rule asks for, with invitations or without`() async throws {
        try await withProtectedCommunity(.init(rooms: 5, members: 1)) { town in
            let user = town.members[0].userID
            let stranger = try UserID(parsing: "@stranger:elsewhere.example")
            let room = try await town.start()
            for protected in town.rooms {
                for banned in [user, stranger] { try await town.moderator.ban(banned, from: protected) }
            }
            #expect(try await room.command("unban \(stranger) --no-confirm").isDone)
            try await membership(.leave, of: stranger, in: town.rooms, seenBy: room)

            let preview = try await room.preview("unban \(user) --invite")
            #expect(preview.text.contains("\(user) in 5 rooms, and invited to 5 rooms"))
            #expect(!preview.text.contains("removed"))
            #expect(try await town.moderator.membership(of: user, in: town.rooms[0]) == .ban)
            #expect(try await room.command("unban \(user) --invite --no-confirm").isDone)
            try await membership(.invite, of: user, in: town.rooms, seenBy: room)
        }
    }

    @Test func `removes rules where nobody is banned`() async throws {
        try await withProtectedCommunity(.init(rooms: 1, members: 0)) { town in
            let room = try await town.start()
            try await town.rule(.server, "elsewhere.example")
            try await town.rule(.user, "@stranger:*")
            try await town.rule(.user, "@stranger:elsewhere.example")
            let preview = try await room.preview("unban @stranger:elsewhere.example")
            #expect(preview.text.contains("3 rules would be removed") && preview.text.contains("0 users"))
            #expect(try await room.command("unban @stranger:elsewhere.example --no-confirm").isDone)
            #expect(try await room.command("rules").text.contains("0 rules"))

            try await town.rule(.user, "@*glob*:*")
            let glob = try await room.preview("unban @*glob*:*")
            #expect(glob.text.contains("1 rule would be removed") && glob.text.contains("0 users"))
            #expect(try await room.command("unban @*glob*:* --no-confirm").isDone)
            #expect(try await room.command("rules").text.contains("0 rules"))
            #expect(try await room.command("unban @*glob*:* --no-confirm").isRefused)
        }
    }

    @Test func `frees whom a removed glob banned too, but nobody whom another rule bans`() async throws {
        try await withProtectedCommunity(.init(rooms: 5, members: 0)) { town in
            let names = ["a", "b", "c"].map { "@spam-and-cool-\($0):elsewhere.example" }
            let (first, second, third) = (
                try UserID(parsing: names[0]), try UserID(parsing: names[1]), try UserID(parsing: names[2])
            )
            let room = try await town.start()
            try await town.rule(.user, third.rawValue)
            try await town.rule(.user, "@*and-cool*:*")
            for protected in town.rooms {
                for user in [first, second, third] { try await town.moderator.ban(user, from: protected) }
            }
            let preview = try await room.preview("unban \(first)").text
            #expect(preview.contains("1 rule would be removed") && preview.contains("2 users would be unbanned"))
            let places = [first, second].map { preview.firstRange(of: "\($0) in 5 rooms")?.lowerBound }
            #expect(places[0] != nil && places[1] != nil)
            if let named = places[0], let freed = places[1] { #expect(named < freed) }

            #expect(try await room.command("unban \(first) --no-confirm").isDone)
            try await membership(.leave, of: first, in: town.rooms, seenBy: room)
            try await membership(.leave, of: second, in: town.rooms, seenBy: room)
            #expect(try await town.moderator.membership(of: third, in: town.rooms[0]) == .ban)
            #expect(try await room.command("rules").text.contains("1 rule"))
        }
    }

    private func membership(
        _ membership: Membership,
        of user: UserID,
        in rooms: [RoomID],
        seenBy management: ManagementRoom
    ) async throws {
        try await management.feed.rooms("\(user): \(membership)") { seen in
            seen.membership(of: user, is: membership, in: rooms)
        }
    }
}
