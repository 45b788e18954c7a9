import BotHarness
import JSON
import MatrixCore
import Moderation
import PolicyEngine
import Protections
import RoomState
import TestSupport
import Testing

/// Who is banned where, from answers of sync to rows.
@Suite struct BanDecisionTests {
    private let eve = Community.eve
    private let alice = Community.alice
    private let lobby = Community.lobby
    private let list = Community.list

    @Test func `a new member whom a rule names is banned`() async throws {
        var bench = try await Bench.enforcing(Bench.world(rules: Events.rule("@eve:evil.org", reason: "flooding")))
        let changes = try await bench.sync { $0.timeline(lobby, Events.member(eve, .join)) }
        let row = try #require(changes.rows.first { $0.action.target == eve })
        #expect(row.action == .ban(eve, in: lobby, reason: "flooding"))
        #expect(row.cause == .policy(event: "$rule:@eve:evil.org", list: list, sender: Community.mod))
        #expect(row.isDesire)
        #expect(row.status == .pending)
        #expect(changes.position == bench.state.position)
    }

    @Test(arguments: [Membership.join, .invite, .knock])
    func `whoever is present in any way is banned`(_ membership: Membership) async throws {
        var bench = try await Bench.enforcing(Bench.world(rules: Events.rule("@*:evil.org")))
        try await bench.sync { $0.timeline(lobby, Events.member(eve, membership, by: Community.mod)) }
        #expect(bench.bans == ["@eve:evil.org !lobby:a.org"])
    }

    @Test(arguments: [Membership.leave, .ban])
    func `whoever is not present is not`(_ membership: Membership) async throws {
        var bench = try await Bench.enforcing(Bench.world(rules: Events.rule("@*:evil.org")))
        try await bench.sync { $0.timeline(lobby, Events.member(eve, membership, by: Community.mod)) }
        #expect(bench.bans == [])
    }

    @Test func `a new rule bans members of every protected room, the list's own not`() async throws {
        var bench = try await Bench.enforcing(Bench.world(lobby: [eve], garden: [eve, alice]))
        try await bench.sync { $0.timeline(list, Events.rule("@eve:evil.org")) }
        #expect(bench.bans == ["@eve:evil.org !garden:a.org", "@eve:evil.org !lobby:a.org"])
    }

    @Test func `a rule and its victim in one answer are one ban`() async throws {
        var bench = try await Bench.enforcing()
        try await bench.sync {
            $0.timeline(lobby, Events.member(eve, .join)).timeline(list, Events.rule("@eve:evil.org"))
        }
        #expect(bench.bans == ["@eve:evil.org !lobby:a.org"])
        #expect(bench.journal.values.count { $0.action.verb == "ban" } == 1)
    }

    @Test func `who came and went again in one answer is left alone`() async throws {
        var bench = try await Bench.enforcing(Bench.world(rules: Events.rule("@eve:evil.org")))
        try await bench.sync { $0.timeline(lobby, Events.member(eve, .join), Events.member(eve, .leave)) }
        #expect(bench.bans == [])
    }

    @Test func `whoever spoke lately goes first`() async throws {
        var bench = try await Bench.enforcing(Bench.world(lobby: [eve, alice]))
        try await bench.sync {
            $0.timeline(lobby, Events.message("hello", by: eve))
                .timeline(list, Events.rule("@eve:evil.org"), Events.rule("@alice:b.org"))
        }
        let lanes = Dictionary(bench.open { $0.verb == "ban" }.map { ($0.action.target, $0.lane) }) { first, _ in first
        }
        #expect(lanes == [eve: .urgentBans, alice: .bans])
    }

    // MARK: A rule changes

    @Test func `a rule that is edited to name another lets the first go`() async throws {
        var bench = try await Bench.enforcing(Bench.world(lobby: [eve, alice]))
        try await bench.sync { $0.timeline(list, Events.rule("@eve:evil.org", key: "k", id: "$1")) }
        #expect(bench.bans == ["@eve:evil.org !lobby:a.org"])
        try await bench.sync { $0.timeline(list, Events.rule("@alice:b.org", key: "k", id: "$2")) }
        #expect(bench.bans == ["@alice:b.org !garden:a.org", "@alice:b.org !lobby:a.org"])
        #expect(bench.journal.values.first { $0.action.target == eve }?.status == .dropped)
    }

    @Test func `a rule that goes before its ban was sent takes the ban with it`() async throws {
        var bench = try await Bench.enforcing(Bench.world(lobby: [eve]))
        try await bench.sync { $0.timeline(list, Events.rule("@eve:evil.org", key: "k")) }
        try await bench.sync {
            $0.timeline(list, Events.state(EventType(rawValue: "m.policy.rule.user"), [:], key: "k", id: "$blank"))
        }
        #expect(bench.bans == [])
        #expect(bench.state.policies.ruleCount == 0)
    }

    @Test func `a redacted rule is gone, after a restart too`() async throws {
        var bench = try await Bench.enforcing(Bench.world(rules: Events.rule("@eve:evil.org", id: "$1")))
        try await bench.sync { $0.timeline(list, Events.redaction(of: "$1")) }
        #expect(bench.state.policies.ruleCount == 0)
        try await bench.restart()
        #expect(bench.state.policies.ruleCount == 0)
        try await bench.sync { $0.timeline(lobby, Events.member(eve, .join)) }
        #expect(bench.bans == [])
    }

    @Test func `a redacted rule that a newer type hides does not come back after a restart`() async throws {
        var bench = try await Bench.enforcing()
        try await bench.sync {
            $0.timeline(
                list,
                Events.rule("@eve:evil.org", key: "k", type: "org.matrix.mjolnir.rule.user", id: "$old"),
                Events.rule("@alice:b.org", "org.example.nothing", key: "k", id: "$new")
            )
        }
        try await bench.sync { $0.timeline(list, Events.redaction(of: "$old")) }
        try await bench.restart()
        try await bench.sync {
            $0.timeline(list, Events.redaction(of: "$new")).timeline(lobby, Events.member(eve, .join))
        }
        #expect(bench.state.policies.ruleCount == 0)
        #expect(bench.bans == [])
    }

    @Test func `a redacted short name stays redacted after a restart`() async throws {
        var bench = try await Bench.enforcing()
        try await bench.sync { $0.timeline(list, Events.state(.shortcode, ["shortcode": "coc"], id: "$1")) }
        #expect(bench.state.policies.list(named: "coc") != nil)
        try await bench.sync { $0.timeline(list, Events.redaction(of: "$1")) }
        try await bench.restart()
        #expect(bench.state.policies.list(named: "coc") == nil)
    }

    // MARK: What an answer of sync says

    @Test(arguments: [false, true])
    func `with state after the timeline, the timeline is no state`(isStable: Bool) async throws {
        var bench = try await Bench.enforcing(Bench.world(rules: Events.rule("@eve:evil.org")))
        var part = SyncBody.Part(timeline: [Events.member(eve, .join)])
        if isStable {
            part.stateAfter = [Events.member(eve, .leave)]
        } else {
            part.unstableStateAfter = [Events.member(eve, .leave)]
        }
        try await bench.sync { [part] in $0.with(lobby, part) }
        #expect(bench.state.rooms.membership(of: eve, in: lobby) == .leave)
        #expect(bench.bans == [])
    }

    @Test func `without it, state comes first and the timeline's state after it`() async throws {
        var bench = try await Bench.enforcing(Bench.world(rules: Events.rule("@eve:evil.org")))
        let part = SyncBody.Part(
            state: [Events.member(eve, .leave), Events.member(alice, .leave)],
            timeline: [Events.member(eve, .join)]
        )
        try await bench.sync { $0.with(lobby, part) }
        #expect(bench.state.rooms.membership(of: eve, in: lobby) == .join)
        #expect(bench.state.rooms.membership(of: alice, in: lobby) == .leave)
        #expect(bench.bans == ["@eve:evil.org !lobby:a.org"])
    }

    @Test func `a limited timeline leaves a gap to be filled, in the same commit`() async throws {
        var bench = try await Bench.enforcing()
        let since = bench.state.position
        let part = SyncBody.Part(state: [Events.member(eve, .join)], timeline: [], limitedAt: "p9")
        let changes = try await bench.sync { $0.with(lobby, part) }
        #expect(changes.actions == [.fillGap(Gap(room: lobby, from: "p9", to: since))])
        #expect(bench.state.rooms.membership(of: eve, in: lobby) == .join)
    }

    @Test func `what a gap held is observed and is no state`() async throws {
        var bench = try await Bench.enforcing(Bench.world(rules: Events.rule("@eve:evil.org", id: "$1")))
        try await bench.sync { $0.with(list, .init(limitedAt: "p9")).with(lobby, .init(limitedAt: "p8")) }
        for row in bench.open({ $0.verb == "fill_gap" }) {
            let event = row.action.room == list ? Events.redaction(of: "$1") : Events.member(eve, .join)
            let page: JSONValue = ["chunk": [event]]
            try await bench.decide(
                .outcome(RowOutcome(row: row.id, result: .pages([OwnedPaddedBytes(page.encoded())], isWhole: true)))
            )
        }
        #expect(bench.state.policies.ruleCount == 0)
        #expect(bench.state.rooms.membership(of: eve, in: lobby) == nil)
    }

    @Test func `one malformed event costs itself`() async throws {
        var bench = try await Bench.enforcing(Bench.world(rules: Events.rule("@eve:evil.org")))
        try await bench.sync {
            $0.timeline(
                lobby,
                7,
                ["type": "m.room.member", "state_key": 7, "content": [:]],
                Events.state(.member, ["membership": 1], key: "@x:b.org", id: "$x"),
                Events.member(eve, .join)
            )
        }
        #expect(bench.bans == ["@eve:evil.org !lobby:a.org"])
        #expect(bench.state.malformedEventCount == 3)
    }

    // MARK: Observation

    @Test func `a ban that is seen closes its row, whoever made it`() async throws {
        var bench = try await Bench.enforcing(Bench.world(lobby: [eve]))
        try await bench.sync { $0.timeline(list, Events.rule("@eve:evil.org")) }
        let sent = bench.send()
        let row = try #require(sent)
        let changes = try await bench.sync { $0.timeline(lobby, Events.member(eve, .ban, by: Community.mod)) }
        #expect(changes.rows.first { $0.id == row.id }?.status == .done)
        // The answer of our own request comes after that, and changes nothing.
        let late = try await bench.decide(.outcome(RowOutcome(row: row.id, result: .failure(.unknownOutcome("")))))
        #expect(!late.rows.contains { $0.id == row.id })
        #expect(bench.bans == [])
    }

    @Test func `a ban that was found needless is kept where it is wanted again by then`() async throws {
        var bench = try await Bench.enforcing(Bench.world(lobby: [eve]))
        try await bench.sync { $0.timeline(list, Events.rule("@eve:evil.org")) }
        let sent = bench.send()
        let row = try #require(sent)
        try await bench.sync { $0.timeline(lobby, Events.member(eve, .leave)) }
        #expect(!bench.state.isStillWanted(row))
        try await bench.sync { $0.timeline(lobby, Events.member(eve, .join)) }
        try await bench.decide(.needless(row.id))
        #expect(bench.bans == ["@eve:evil.org !lobby:a.org"])
        let next = bench.send()
        #expect(next?.action == .ban(eve, in: lobby, reason: "spam"))
    }

    @Test func `a ban of somebody who has left is dropped, and wished anew when they come back`() async throws {
        var bench = try await Bench.enforcing(Bench.world(lobby: [eve]))
        try await bench.sync { $0.timeline(list, Events.rule("@eve:evil.org")) }
        let changes = try await bench.sync { $0.timeline(lobby, Events.member(eve, .leave)) }
        #expect(changes.rows.map(\.status) == [.dropped])
        #expect(bench.bans == [])
        try await bench.sync { $0.timeline(lobby, Events.member(eve, .join)) }
        #expect(bench.bans == ["@eve:evil.org !lobby:a.org"])
    }

    @Test func `a newer wish looks for what an older one may have done`() async throws {
        var bench = try await Bench.enforcing(Bench.world(lobby: [eve]))
        try await bench.sync { $0.timeline(list, Events.rule("@eve:evil.org", reason: "a", key: "k", id: "$1")) }
        try await bench.answerAll { $0.verb == "ban" ? .unknownOutcome("") : nil }
        try await bench.sync { $0.timeline(list, Events.rule("@eve:evil.org", reason: "b", key: "k", id: "$2")) }
        let row = try #require(bench.open { $0.verb == "ban" }.first)
        #expect(row.action == .ban(eve, in: lobby, reason: "b"))
        #expect(row.attempts == 1)
    }

    @Test func `a user who is unbanned by hand and comes back is banned again`() async throws {
        var bench = try await Bench.enforcing(Bench.world(lobby: [eve], rules: Events.rule("@eve:evil.org")))
        try await bench.sync { $0.timeline(lobby, Events.member(eve, .ban, by: Community.bot)) }
        #expect(bench.bans == [])
        try await bench.sync { $0.timeline(lobby, Events.member(eve, .leave, by: Community.mod)) }
        #expect(bench.bans == [])
        try await bench.sync { $0.timeline(lobby, Events.member(eve, .join)) }
        #expect(bench.bans == ["@eve:evil.org !lobby:a.org"])
    }

    // MARK: Who is spared

    @Test func `the bot and whoever is in the management room are spared, as long as they are there`() async throws {
        var bench = try await Bench.enforcing(Bench.world(lobby: [Community.mod]))
        try await bench.sync { $0.timeline(list, Events.rule("@mod:a.org"), Events.rule("@bot:a.org")) }
        #expect(bench.bans == [])
        // From a guest in the management room no power saves them but the room's.
        try await bench.sync {
            $0.timeline(lobby, Events.levels([Community.bot: 100]))
                .timeline(Community.management, Events.member(Community.mod, .leave))
        }
        #expect(bench.bans == ["@mod:a.org !lobby:a.org"])
        #expect(bench.parkedBans == ["@mod:a.org !garden:a.org"])
    }

    @Test func `whoever is only invited to the management room is not spared`() async throws {
        var bench = try await Bench.enforcing(Bench.world(lobby: [eve]))
        try await bench.sync { $0.timeline(Community.management, Events.member(eve, .invite, by: Community.mod)) }
        try await bench.sync { $0.timeline(list, Events.rule("@eve:evil.org")) }
        #expect(bench.bans == ["@eve:evil.org !lobby:a.org", "@eve:evil.org !management:a.org"])
    }

    @Test func `a public management room spares nobody but the bot, and is told of`() async throws {
        var world = Bench.world(lobby: [eve])
        world[Community.management] = Events.room([eve], rule: "public")
        var bench = try await Bench.enforcing(world)
        try await bench.sync { $0.timeline(list, Events.rule("@eve:evil.org")) }
        #expect(bench.bans == ["@eve:evil.org !lobby:a.org", "@eve:evil.org !management:a.org"])
    }

    // MARK: Protections switched off

    @Test(
        arguments: [
            (
                ["enabled": ["ServerBanSynchronisationProtection"], "ge.applied-langua.ge.draupnir.schema_version": 8],
                false
            ),
            (
                ["enabled": ["MemberBanSynchronisationProtection"], "ge.applied-langua.ge.draupnir.schema_version": 8],
                true
            ),
            (["enabled": []], true),  // an old schema: later versions switched it on
        ] as [(JSONValue, Bool)]
    )
    func `bans are applied as far as their protection is enabled`(_ enabled: JSONValue, isApplied: Bool) async throws {
        var bench = try await Bench.enforcing(Bench.world(lobby: [eve]), enabled: enabled)
        try await bench.sync { $0.timeline(list, Events.rule("@eve:evil.org")) }
        #expect(bench.bans.isEmpty != isApplied)
    }
}
