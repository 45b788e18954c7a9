import MatrixCore
import PolicyEngine
import Testing

@Suite struct VerdictTests {
    static let takedown = #"{"entity":"@a:b","recommendation":"m.takedown","reason":"told to nobody"}"#
    static let allow = #"{"entity":"@a:b","recommendation":"org.matrix.mjolnir.allow"}"#
    static let unban = #"{"entity":"@a:b","recommendation":"fi.mau.meowlnir.unban"}"#
    static let silent = #"{"entity":"@a:b","recommendation":"m.ban"}"#

    @Test(
        arguments: [
            ([ban("@a:b")], "$0", "spam"),
            ([ban("@a:b", reason: "")], "$0", ""),
            ([silent], "$0", "<no reason provided>"),
            ([ban("@a:b"), takedown], "$1", "takedown"),
            ([silent, ban("@*:b")], "$0", "<no reason provided>"),
            ([allow, unban, ban("@a:b")], "$2", "spam"),
            ([allow], nil, nil),
            ([unban], nil, nil),
            ([ban("@c:d")], nil, nil),
        ] as [([String], String?, String?)]
    )
    func `bans by takedowns before bans, and by nothing else`(_ contents: [String], event: String?, reason: String?) {
        var index = PolicyIndex()
        let events = contents.enumerated().map { policy("$\($0)", key: "\($0)", $1) }
        _ = index.watch(PolicyList(room: listRoom, events: events))
        let verdict = index.verdict(user: user("@a:b"))
        #expect(verdict.ban?.source.event.rawValue == event)
        #expect(verdict.reason == reason)
    }

    @Test func `the order of the lists comes first, then takedowns, then event IDs`() {
        var index = PolicyIndex()
        let first = [
            policy("$b", key: "b", ban("@a:b")), policy("$a", key: "a", ban("@*:b")),
            policy("$c", key: "c", Self.takedown), policy("$d", key: "d", Self.allow),
        ]
        let second = [policy("$0", Self.takedown)]
        _ = index.watch(PolicyList(room: otherRoom, events: first))  // its ID sorts last, it was watched first
        _ = index.watch(PolicyList(room: listRoom, events: second))
        let verdict = index.verdict(user: user("@a:b"))
        #expect(verdict.rules.map(\.source.event.rawValue) == ["$c", "$a", "$b", "$d", "$0"])
        #expect(verdict.ban?.source.event.rawValue == "$c")
    }

    @Test func `a server rule bans the server and none of its users`() {
        let index = index(policy("$1", of: .server, ban("b")))
        #expect(index.verdict(user: user("@a:b")).ban == nil)
        #expect(index.verdict(server: server("b")).ban?.source.event == event("$1"))
        #expect(index.verdict(room: room("!b")).ban == nil)
    }

    @Test func `a held rule is listed and not in force`() {
        var index = index(
            policy("$1", key: "1", ban("@*:b")),
            policy("$2", of: .server, key: "2", ban("*.org"))
        )
        let users = PolicyRule.ID(list: listRoom, event: event("$1"))
        let servers = PolicyRule.ID(list: listRoom, event: event("$2"))
        #expect(index.hold(users) && index.hold(servers))
        #expect(index.isHeld(users))
        let verdict = index.verdict(user: user("@a:b"))
        #expect(verdict.ban == nil)
        #expect(verdict.held.map(\.id) == [users])
        #expect(verdict.rules.isEmpty)
        #expect(index.serverBans.isEmpty)
        #expect(index.matches(user: user("@a:b")).map(\.id) == [users])
        #expect(index[listRoom]?.rules.map(\.id) == [users, servers])
        #expect(index.release(users) && index.release(servers))
        #expect(index.release(users) == false)
        #expect(index.verdict(user: user("@a:b")).ban?.id == users)
        #expect(index.serverBans.map(\.id) == [servers])
    }

    @Test func `only what is there can be held`() {
        var index = index(policy("$1", ban("@*:b")))
        let missing = PolicyRule.ID(list: listRoom, event: event("$2"))
        #expect(index.hold(missing) == false)
        #expect(index.held.isEmpty)
    }

    @Test func `a hold goes with its rule, stays with one sent once more, and not with an edited one`() {
        var index = index(policy("$1", ban("@*:b")))
        index.hold(PolicyRule.ID(list: listRoom, event: event("$1")))
        _ = index.apply(policy("$2", ban("@*:b")), in: listRoom)
        #expect(index.held == [PolicyRule.ID(list: listRoom, event: event("$2"))])
        _ = index.apply(policy("$3", ban("@*:c")), in: listRoom)
        #expect(index.held.isEmpty)
        index.hold(PolicyRule.ID(list: listRoom, event: event("$3")))
        _ = index.apply(policy("$4", "{}"), in: listRoom)
        #expect(index.held.isEmpty)
        _ = index.apply(policy("$5", ban("@*:b")), in: listRoom)
        index.hold(PolicyRule.ID(list: listRoom, event: event("$5")))
        _ = index.unwatch(listRoom)
        #expect(index.held.isEmpty)
    }
}
