import BotHarness
import Commands
import JSON
import MatrixCore
import Moderation
import PolicyEngine
import Protections
import RoomState
import TestSupport
import Testing

/// Commands, from a message in the management room to rows and replies.
@Suite struct CommandDecisionTests {
    private let lobby = Community.lobby
    private let list = Community.list
    private let management = Community.management
    private let fresh: RoomID = "!fresh:b.org"

    private func reactions(_ bench: Bench) -> [String] {
        bench.sent.compactMap { action in
            guard case .sendEvent(.reaction, let content, _) = action else { return nil }
            return content["m.relates_to"]?["key"]?.text
        }
    }

    private func protectedRooms(_ action: Action) -> [String]? {
        guard case .setAccountData(AccountDataType.protectedRooms, let content) = action else { return nil }
        return content["rooms"]?.elements.compactMap(\.text)
    }

    // MARK: What is a command

    @Test(
        arguments: [
            (Events.message("!draupnir status"), 1),
            (Events.message("!draupnir status", age: 600_001), 0),
            (Events.message("!draupnir status", age: nil), 1),
            (Events.message("!draupnir: status"), 1),
            (Events.message("@bot:a.org: status"), 1),
            (Events.message("hello"), 0),
            (Events.event(.message, ["msgtype": "m.notice", "body": "!draupnir status"]), 0),
            (
                Events.event(
                    .message,
                    [
                        "msgtype": "m.text", "body": "!draupnir status",
                        "m.relates_to": ["rel_type": "m.replace", "event_id": "$1"],
                    ]
                ), 0
            ),
            (Events.event(.message, ["msgtype": "m.text", "body": 7]), 0),
            (Events.event(.message, ["msgtype": "m.text", "body": "!draupnir status"], key: ""), 0),
        ] as [(JSONValue, Int)]
    )
    func `a command is a text that is addressed, fresh and no edit`(_ event: JSONValue, answers: Int) async throws {
        var bench = try await Bench.enforcing()
        try await bench.sync { $0.timeline(management, event) }
        #expect(bench.said.count { $0.contains("Version") } == answers)
    }

    @Test func `a command that waited too long is to be repeated`() async throws {
        var bench = try await Bench.enforcing()
        try await bench.sync { $0.timeline(management, Events.message("!draupnir ban @x:y.org", age: 700_000)) }
        #expect(
            bench.said == ["This command came more than ten minutes ago, while I could not read it. Please repeat it."]
        )
    }

    @Test func `a message elsewhere is no command`() async throws {
        var bench = try await Bench.enforcing()
        try await bench.sync { $0.timeline(lobby, Events.message("!draupnir status")) }
        #expect(bench.said == [])
    }

    @Test(arguments: [
        ("!draupnir nosuchcommand", "There is no command"), ("!draupnir ban", "entity"),
        ("!draupnir rooms ad", "rooms"),
        ("!draupnir protections", "does not have yet"), ("!draupnir", "ban"),
    ])
    func `what is no whole command is answered with what would be`(_ text: String, answer: String) async throws {
        var bench = try await Bench.enforcing()
        try await bench.command(text)
        #expect(bench.said.contains { $0.contains(answer) })
    }

    // MARK: Several steps

    @Test func `a room is added by its alias: found, joined, noted, protected`() async throws {
        var bench = try await Bench.enforcing(Bench.world(rules: Events.rule("@eve:evil.org")))
        bench.world[fresh] = Events.room([Community.eve])
        bench.aliases["#fresh:b.org"] = fresh
        let sent = try await bench.command("!draupnir rooms add #fresh:b.org")
        #expect(sent.map(\.verb).filter { $0 != "send" } == ["resolve", "join", "account_data", "load_state"])
        #expect(sent.compactMap(protectedRooms) == [[lobby.rawValue, Community.garden.rawValue, fresh.rawValue]])
        #expect(sent.contains(.join(RoomReference(fresh, via: ["b.org"]))))
        #expect(reactions(bench) == ["✅"])
        #expect(bench.state.rooms[fresh]?.isProtected == true)
        #expect(bench.bans == ["@eve:evil.org !fresh:b.org"])
    }

    @Test(arguments: 0..<8)
    func `a crash after any step takes it up where it was`(steps: Int) async throws {
        var bench = try await Bench.enforcing()
        bench.world[fresh] = Events.room([])
        bench.aliases["#fresh:b.org"] = fresh
        try await bench.sync { $0.timeline(management, Events.message("!draupnir rooms add #fresh:b.org", id: "$c")) }
        try await bench.answer(steps)
        try await bench.restart()
        try await bench.sync()
        try await bench.answerAll()
        #expect(bench.state.bot.protectedRooms.contains(fresh))
        #expect(bench.state.rooms[fresh]?.hasMembers == true)
        #expect(bench.sent.count { $0.verb == "resolve" } == 1)
        #expect(bench.said.count { $0.contains("protected now") } == 1)
        #expect(bench.journal.values.count { $0.action.verb == "account_data" } == 1)
    }

    @Test func `two rooms that are added at once are both protected`() async throws {
        var bench = try await Bench.enforcing()
        bench.world[fresh] = Events.room([])
        bench.world["!other:b.org"] = Events.room([])
        try await bench.sync {
            $0.timeline(
                management,
                Events.message("!draupnir rooms add !fresh:b.org", id: "$c1"),
                Events.message("!draupnir rooms add !other:b.org", id: "$c2")
            )
        }
        try await bench.answerAll()
        #expect(bench.state.bot.protectedRooms.contains(fresh))
        #expect(bench.state.bot.protectedRooms.contains("!other:b.org"))
        let last = bench.sent.compactMap(protectedRooms).last
        #expect(last?.contains(fresh.rawValue) == true && last?.contains("!other:b.org") == true)
        #expect(bench.said.count { $0.contains("protected now") } == 2)
    }

    @Test func `a command that waits for another outlasts the process`() async throws {
        var bench = try await Bench.enforcing()
        bench.world[fresh] = Events.room([])
        bench.world["!other:b.org"] = Events.room([])
        try await bench.sync {
            $0.timeline(
                management,
                Events.message("!draupnir rooms add !fresh:b.org", id: "$c1"),
                Events.message("!draupnir rooms add !other:b.org", id: "$c2")
            )
        }
        try await bench.answerAll(holdingBack: ["account_data"])
        try await bench.restart()
        try await bench.sync()
        try await bench.answerAll()
        #expect(bench.state.bot.protectedRooms.contains(fresh))
        #expect(bench.state.bot.protectedRooms.contains("!other:b.org"))
    }

    @Test func `what cannot be done is told, and nothing is half done`() async throws {
        var bench = try await Bench.enforcing()
        bench.aliases["#fresh:b.org"] = fresh
        try await bench.sync { $0.timeline(management, Events.message("!draupnir rooms add #fresh:b.org", id: "$c")) }
        let refusal = HomeserverError.refused(status: 403, code: "M_FORBIDDEN", message: "You are not invited")
        let sent = try await bench.answerAll { $0.verb == "join" ? refusal : nil }
        #expect(!sent.contains { $0.verb == "account_data" })
        #expect(reactions(bench) == ["❌"])
        #expect(bench.said.contains { $0.contains("You are not invited") })
    }

    @Test func `an answer of sync that shows our write is its echo, and changes nothing`() async throws {
        var bench = try await Bench.enforcing()
        bench.world[fresh] = Events.room([])
        try await bench.sync { $0.timeline(management, Events.message("!draupnir rooms add !fresh:b.org", id: "$c")) }
        try await bench.answerAll(holdingBack: ["account_data"])
        // Older than our write, which is under way.
        try await bench.sync { $0.account(AccountDataType.protectedRooms, ["rooms": []]) }
        #expect(bench.state.bot.protects(lobby))
        try await bench.answerAll()
        #expect(bench.state.bot.protects(fresh))
    }

    // MARK: Bans and unbans

    @Test func `a ban writes a rule, and the rule bans`() async throws {
        var bench = try await Bench.enforcing(Bench.world(lobby: [Community.eve]))
        let sent = try await bench.command("!draupnir ban @eve:evil.org being rude")
        let written = try #require(sent.first { $0.verb == "state" })
        guard case .sendState(let type, let key, let content, list) = written else { throw Unexpected() }
        #expect(type == EventType(rawValue: "m.policy.rule.user"))
        #expect(key == PolicyDraft.stateKey(entity: "@eve:evil.org", recommendation: .ban))
        #expect(content == ["recommendation": "m.ban", "entity": "@eve:evil.org", "reason": "being rude"])
        // The answer is enough: nobody waits for sync to bring the rule back.
        #expect(bench.bans == ["@eve:evil.org !lobby:a.org"])
        guard case .policy(let rule, list, Community.bot)? = bench.open({ $0.verb == "ban" }).first?.cause else {
            throw Unexpected()
        }
        try await bench.sync { [content] in
            $0.timeline(list, Events.state(type, content, key: key, by: Community.bot, id: rule))
        }
        #expect(bench.bans == ["@eve:evil.org !lobby:a.org"])
    }

    private struct Unexpected: Error {}

    @Test func `an unban removes the rule, takes back what waits, and lifts what was done`() async throws {
        var bench = try await Bench.enforcing(
            Bench.world(lobby: [Community.eve], rules: Events.rule("@eve:evil.org", key: "k"))
        )
        try await bench.sync { $0.timeline(Community.garden, Events.member(Community.eve, .join)) }
        try await bench.sync { $0.timeline(lobby, Events.member(Community.eve, .ban, by: Community.bot)) }
        let sent = try await bench.command("!draupnir unban @eve:evil.org --no-confirm")
        #expect(sent.contains(.sendState(EventType(rawValue: "m.policy.rule.user"), key: "k", content: [:], in: list)))
        #expect(sent.contains(.unban(Community.eve, in: lobby)))
        try await bench.sync {
            $0.timeline(list, Events.state(EventType(rawValue: "m.policy.rule.user"), [:], key: "k", id: "$b"))
        }
        #expect(try await !bench.answerAll().contains { $0.verb == "ban" })
        #expect(bench.bans == [])
    }

    @Test func `an unban follows a ban that is under way`() async throws {
        var bench = try await Bench.enforcing(Bench.world(lobby: [Community.eve]))
        try await bench.sync { $0.timeline(list, Events.rule("@eve:evil.org", key: "k")) }
        #expect(bench.send()?.action.verb == "ban")
        let sent = try await bench.command("!draupnir unban @eve:evil.org --no-confirm")
        let waiting = bench.open { $0.verb == "unban" }.map(\.action)
        #expect((sent + waiting).contains(.unban(Community.eve, in: lobby)))
    }

    @Test func `without confirmation an unban only shows`() async throws {
        var bench = try await Bench.enforcing(Bench.world(rules: Events.rule("@eve:evil.org")))
        let sent = try await bench.command("!draupnir unban @eve:evil.org")
        #expect(sent.allSatisfy { $0.verb == "send" })
        #expect(bench.said.contains { $0.contains("1 rule would be removed") })
    }

    @Test func `a kick that is not answered is looked at when sync shows it`() async throws {
        var bench = try await Bench.enforcing(Bench.world(lobby: [Community.eve]))
        try await bench.sync { $0.timeline(management, Events.message("!draupnir kick @eve:evil.org rude", id: "$c")) }
        let sent = bench.send()
        #expect(sent?.action == .kick(Community.eve, in: lobby, reason: "rude"))
        try await bench.sync { $0.timeline(lobby, Events.member(Community.eve, .leave, by: Community.bot)) }
        #expect(bench.said.contains("Kicked from 1 room."))
    }

    // MARK: Dry run

    @Test func `a dry run changes nothing, says what it would do, and the next run does it`() async throws {
        var settings = Bench.settings
        settings.isDryRun = true
        var bench = try await Bench.enforcing(
            Bench.world(lobby: [Community.eve], rules: Events.rule("@eve:evil.org"), Events.rule("bad.org")),
            settings: settings
        )
        try await bench.command("!draupnir rooms add !fresh:b.org")
        try await bench.command("!draupnir ban @mallory:evil.org")
        try await bench.command("!draupnir kick @alice:b.org")
        bench.now += .seconds(5)
        try await bench.answerAll()
        #expect(bench.sent.allSatisfy { !$0.changesSomething })
        #expect(bench.journal.values.filter { $0.action.changesSomething }.allSatisfy { $0.status == .simulated })
        #expect(bench.said.contains { $0.contains("dry run") })
        try await bench.sync { $0.timeline(lobby, Events.member("@mia:bad.org", .join)) }
        try await bench.sync { $0.timeline(list, Events.rule("@mia:*", key: "mia", id: "$mia")) }
        try await bench.answerAll()
        #expect(bench.said.contains { $0.contains("Dry run. 1 user who is present would be banned in 1 room.") })
        try await bench.restart(settings: Bench.settings)
        try await bench.sync()
        bench.now += .seconds(5)
        let sent = try await bench.answerAll()
        #expect(sent.contains(.ban(Community.eve, in: lobby, reason: "spam")))
        #expect(bench.sentACLs[lobby] == ["bad.org"])
    }
}
