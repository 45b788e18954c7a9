import JSON
import MatrixCore
import Testing

/// What moderators type, from the message to its effect.
@Suite(.serialized, .inTurn, .timeLimit(.minutes(10)))
struct CommandTests {
    @Test func `help explains every command, and rooms lists what is protected`() async throws {
        try await withProtectedCommunity(.init(rooms: 0, members: 0), on: .tellingStateAfter) { town in
            try await town.account.setAccountData(AccountDataType.watchedLists, ["references": []])
            let another = try await town.moderator.createRoom(NewRoom(name: "Another"))
            let room = try await town.start()
            #expect(try await room.command("help").text.contains("list create"))
            _ = try await room.message { $0.contains("which can be used") }
            let help = try await room.command("help rooms add")
            #expect(help.isDone && help.text.contains("!draupnir rooms add"))
            #expect(try await room.command("").isDone)

            #expect(try await room.command("rooms").text.contains("Protected rooms: 1"))
            #expect(try await room.command("rooms add \(another)").isDone)
            #expect(try await room.command("rooms").text.contains("Protected rooms: 2"))
            #expect(try await room.command("rooms add \(another)").text.contains("protected already"))
            let stored = try await town.account.accountData(AccountDataType.protectedRooms)
            #expect(stored == ["rooms": [.string(another.rawValue)]])

            #expect(try await room.command("rooms remove \(another)").isDone)
            #expect(try await room.command("rooms").text.contains("Protected rooms: 1"))
            #expect(try await town.account.membership(of: town.account.userID, in: another) == .leave)
            #expect(try await room.command("rooms remove \(another)").isRefused)
            #expect(try await room.command("rooms remove \(room.room)").isRefused)
        }
    }

    @Test func `a list is made, written to, read, emptied and let go`() async throws {
        try await withProtectedCommunity(.init(rooms: 2, members: 1), on: .tellingStateAfter) { town in
            let user = town.members[0].userID
            let room = try await town.start()
            let alias = "spam-\(uniqueSuffix())"
            #expect(try await room.command("list create spam \(alias)").isDone)
            #expect(try await room.command("list create spam \(alias)").isRefused)
            #expect(try await room.command("list create other \(alias)").isRefused)
            let resolved = try await room.command("resolve #\(alias):synapse.test")
            let path = MatrixPath.client("directory", "room", "#\(alias):synapse.test")
            let made = try await town.moderator.call(.get, path).text("room_id")
            #expect(resolved.isDone && resolved.text.contains(made))

            #expect(try await room.command("ban \(user) spam too many adverts").isDone)
            try await room.bans(of: town.members, in: town.rooms)
            let rules = try await room.command("rules").text
            #expect(rules.contains("spam") && rules.contains("too many adverts"))
            #expect(try await room.command("rules matching \(user)").text.contains("too many adverts"))
            #expect(try await room.command("rules matching elsewhere.example").text.contains("No rule"))
            let ban = await room.feed.rooms.state(.member, key: user.rawValue, in: town.rooms[0])
            #expect(ban?.content["reason"] == "too many adverts")

            let unban = try await room.command("unban \(user) --no-confirm")
            #expect(unban.isDone && unban.text.contains("Removed 1 rule, lifted 2 bans"), "\(unban.text)")
            #expect(try await room.command("rules matching \(user)").text.contains("No rule"))

            // Several lists: one has to be named.
            let unnamed = try await room.command("ban \(user)")
            #expect(unnamed.isRefused && unnamed.text.contains("coc") && unnamed.text.contains("spam"))
            #expect(try await room.command("unwatch spam").isDone)
            #expect(try await room.command("unwatch spam").isRefused)
            #expect(try await room.command("ban \(user) just so").isDone)
            // Who is not there is not banned; a rule waits for them.
            for protected in town.rooms { try await town.members[0].join(protected) }
            try await room.bans(of: town.members, in: town.rooms)
        }
    }

    @Test func `watch shows what it would do, and then does it`() async throws {
        try await withProtectedCommunity(.init(rooms: 2, members: 1), on: .tellingStateAfter) { town in
            try await town.account.setAccountData(AccountDataType.watchedLists, ["references": []])
            try await town.ban(town.members)
            try await town.rule(.server, "evil.example")
            let room = try await town.start()
            let preview = try await room.preview("watch \(town.list)")
            #expect(preview.verdict == nil && preview.text.contains("has 2 rules"))
            #expect(preview.text.contains("1 user") && preview.text.contains(town.members[0].userID.rawValue))
            #expect(preview.text.contains("1 server would be denied"))
            #expect(await room.banCounts.isEmpty)
            #expect(try await room.command("watch \(town.list) --no-confirm").isDone)
            try await room.bans(of: town.members, in: town.rooms)
            #expect(try await room.command("watch \(town.list)").text.contains("watched already"))
            #expect(try await room.command("status").text.contains("coc"))

            // Its ACL goes with the list; bans stay.
            #expect(try await room.command("unwatch coc").isDone)
            try await room.feed.rooms("ACLs without the list") { seen in
                town.rooms.allSatisfy { seen.state(.serverACL, in: $0)?.content["deny"] == [] }
            }
            #expect(try await town.moderator.membership(of: town.members[0].userID, in: town.rooms[0]) == .ban)
        }
    }

    @Test func `kick removes users and globs, and nobody who is spared`() async throws {
        try await withProtectedCommunity(.init(rooms: 2, members: 3), on: .tellingStateAfter) { town in
            let room = try await town.start()
            let user = town.members[0].userID
            #expect(try await room.command("kick \(user) --room \(town.rooms[0]) enough").isDone)
            #expect(try await town.moderator.membership(of: user, in: town.rooms[0]) == .leave)
            #expect(try await town.moderator.membership(of: user, in: town.rooms[1]) == .join)

            let glob = try await room.command("kick @member-*:*")
            #expect(glob.isRefused && glob.text.contains("--glob"))
            let dry = try await room.command("kick @*:* --glob --dry-run")
            #expect(dry.isDone && dry.text.contains("3 users would be kicked") && dry.text.contains("Left alone"))
            #expect(try await town.moderator.membership(of: user, in: town.rooms[1]) == .join)
            #expect(try await room.command("kick @*:* --glob out").isDone)
            for protected in town.rooms {
                let joined = try await town.moderator.members(of: protected).filter { $0.value == .join }.keys
                #expect(Set(joined) == [town.moderator.userID, town.account.userID])
            }
            #expect(try await room.command("kick \(user)").isRefused)
        }
    }

    @Test func `pause holds everything back, over a restart too, and resume lets it go on`() async throws {
        try await withProtectedCommunity(.init(rooms: 2), on: .tellingStateAfter) { town in
            let room = try await town.start()
            #expect(try await room.command("pause").isDone)
            try await town.ban(town.members)
            try await town.rule(.server, "evil.example")
            #expect(try await room.command("rules").text.contains("2 rules"))
            #expect(try await room.command("status").text.contains("2 bans"))
            try await town.bot.stop()
            try await town.bot.start()
            #expect(try await room.command("status").text.contains("Paused"))
            #expect(town.proxy.count(.post, "rooms/*/ban") == 0)
            #expect(town.proxy.count(.put, "state/m.room.server_acl") == 0)
            #expect(try await room.command("resume").isDone)
            try await room.bans(of: town.members, in: town.rooms)
            #expect(try await room.command("resume").text.contains("not paused"))
        }
    }

    @Test func `mistakes are told with what to do about them`() async throws {
        try await withProtectedCommunity(.init(rooms: 0, members: 0), on: .tellingStateAfter) { town in
            let room = try await town.start()
            let mistakes: KeyValuePairs = [
                "statsu": "Did you mean !draupnir status?", "nonsense": "!draupnir help lists them",
                "help nonsense": "no command", "list": "not a whole command", "list create": "shortcode",
                "ban": "expected", "ban notaserver": "does not look like a server name",
                "ban @spam": "the server is missing", "ban \(room.bot)": "That is me",
                "ban synapse.test": "my own server", "ban \(room.room)": "this room",
                "ban @a:elsewhere.example #nowhere:synapse.test": "I cannot find #nowhere:synapse.test",
                "unban @nobody:elsewhere.example --no-confirm": "nobody of that name",
                "unban @a:elsewhere.example --noconfirm": "Did you mean --no-confirm?",
                "rooms add nowhere": "is not a room", "rooms add #nowhere:synapse.test": "I cannot find",
                "rooms add !nowhere:synapse.test": "I cannot join", "watch !nowhere:synapse.test": "I cannot join",
                "unwatch nothing": "No watched list", "rules matching": "expected",
                "kick @nobody:elsewhere.example": "Nobody to kick",
                "kick @a:b.example --dryrun": "Did you mean --dry-run?",
                "resolve #nowhere:synapse.test": "I cannot find", "resolve nowhere": "expected",
                "release": "expected", "release 7": "no held rule 7", "release x": "expected",
                "status now": "status", "redact @a:b.example": "does not have yet",
            ]
            for (text, expected) in mistakes {
                let answer = try await room.command(text)
                #expect(answer.isRefused, "\(text)")
                let plain = answer.text.filter { $0 != "`" && $0 != "\\" }
                #expect(plain.contains(expected), "\(text): \(answer.text)")
            }
        }
    }

    @Test func `is heard by every way to call it, and by nothing else`() async throws {
        try await withProtectedCommunity(.init(rooms: 0, members: 0), on: .tellingStateAfter) { town in
            let room = try await town.start()
            var asked: [EventID] = []
            let (name, pill) = (room.bot.localpart, "[the bot](https://matrix.to/#/\(room.bot))")
            for text in ["!draupnir held", "!\(name) held", "!\(room.bot) held", "\(name): held", "\(pill): held"] {
                asked.append(try await town.moderator.say(text, in: room.room))
            }
            let ignored: [JSONValue] = [
                ["msgtype": "m.notice", "body": "!draupnir held"], ["msgtype": "m.text", "body": "draupnir held"],
                ["msgtype": "m.text", "body": "!draupnirheld"], ["msgtype": "m.image", "body": "!draupnir held"],
                [
                    "msgtype": "m.text", "body": "!draupnir held",
                    "m.relates_to": ["rel_type": "m.replace", "event_id": .string(asked[0].rawValue)],
                ],
            ]
            for content in ignored { try await town.moderator.send(.message, content, to: room.room) }
            let last = try await town.moderator.say("!draupnir status", in: room.room)
            _ = try await room.feed.event { $0.sender == room.bot && $0.type == .message && $0.answered == last }
            let answered = await room.feed.events.filter { $0.sender == room.bot && $0.type == .message }
            #expect(answered.compactMap(\.answered) == asked + [last])
        }
    }
}
