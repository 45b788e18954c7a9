import JSON
import MatrixCore
import PolicyEngine
import Testing

@Suite struct PolicyListTests {
    @Test(
        "each change of state is the change of policy that it should be",
        arguments: [
            ([], policy("$1", "{}"), []),
            ([], policy("$1", ban("@a:b")), ["added @a:b in $1"]),
            ([policy("$1", ban("@a:b"))], policy("$1", ban("@a:b")), []),
            ([policy("$1", ban("@a:b"))], policy("$2", ban("@c:d")), ["modified @a:b in $1 to @c:d in $2"]),
            ([policy("$1", ban("@a:b"))], policy("$2", ban("@a:b")), ["modified @a:b in $1 to @a:b in $2"]),
            ([policy("$1", ban("@a:b"))], policy("$2", by: helper, "{}"), ["removed @a:b in $1 by @helper:a.org"]),
            ([policy("$1", ban("@a:b"))], policy("$1", "{}"), ["removed @a:b in $1 by @mod:a.org"]),
            ([policy("$1", "{}")], policy("$2", "{}"), []),
            ([policy("$1", ban("@a:b")), policy("$2", "{}")], policy("$3", ban("@a:b")), ["added @a:b in $3"]),
            ([], policy("$1", "[]"), ["malformed $1"]),
            ([policy("$1", "[]")], policy("$1", "[]"), []),
            ([policy("$1", "[]")], policy("$2", "[]"), ["malformed $2"]),
            ([policy("$1", "[]")], policy("$2", ban("@a:b")), ["added @a:b in $2"]),
            (
                [policy("$1", ban("@a:b"))], policy("$2", by: helper, #"{"entity":"@a:b"}"#),
                ["malformed $2", "removed @a:b in $1 by @helper:a.org"]
            ),
            // An older type under the same key waits below.
            ([policy("$1", ban("@new:b"))], policy("$2", age: 2, ban("@old:b")), []),
            ([policy("$1", ban("@new:b"))], policy("$2", age: 2, "[]"), ["malformed $2"]),
            (
                [policy("$1", age: 2, ban("@old:b"))], policy("$2", ban("@new:b")),
                ["modified @old:b in $1 to @new:b in $2"]
            ),
            (
                [policy("$1", ban("@new:b")), policy("$2", age: 1, ban("@old:b"))], policy("$3", "{}"),
                ["modified @new:b in $1 to @old:b in $2"]
            ),
            (
                [policy("$1", ban("@new:b")), policy("$2", age: 1, ban("@old:b"))], policy("$3", "[]"),
                ["malformed $3", "modified @new:b in $1 to @old:b in $2"]
            ),
            ([policy("$1", ban("@new:b")), policy("$2", age: 1, ban("@old:b"))], policy("$3", age: 1, "{}"), []),
            // Another key, another kind, another type: none of their business.
            ([policy("$1", ban("@a:b"))], policy("$2", key: "l", "{}"), []),
            ([policy("$1", ban("@a:b"))], policy("$2", of: .room, "{}"), []),
            ([policy("$1", ban("@a:b"))], state("$2", .member, key: "k", "{}"), []),
            // An event that is said to be in two places is where it was first.
            ([policy("$1", ban("@a:b"))], policy("$1", key: "l", ban("@c:d")), []),
        ] as [([RoomEvent], RoomEvent, [String])]
    )
    func changes(_ before: [RoomEvent], event: RoomEvent, summaries: [String]) {
        var list = PolicyList(room: listRoom, events: before)
        #expect(list.apply(event).map(\.summary) == summaries)
    }

    @Test func `tells a rule that was sent once more from one that was edited`() throws {
        var list = PolicyList(room: listRoom, events: [policy("$1", ban("@a:b"))])
        let again = try #require(list.apply(policy("$2", by: helper, ban("@a:b"))).first)
        #expect(!again.changesMeaning)
        #expect(list.rules.map(\.source.sender) == [helper])
        let edited = try #require(list.apply(policy("$3", ban("@a:b", reason: "ads"))).first)
        #expect(edited.changesMeaning)
    }

    @Test(arguments: [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]])
    func `the newest of the three types counts, in whatever order they come`(_ ages: [Int]) {
        let events = ages.map { policy("$\($0)", age: $0, ban("@a\($0):b")) }
        let atOnce = PolicyList(room: listRoom, events: events)
        var live = PolicyList(room: listRoom)
        for event in events { _ = live.apply(event) }
        #expect(atOnce.rules == live.rules)
        #expect(live.rules.map(\.summary) == ["@a0:b in $0"])
        #expect(live.rules(of: .user, stateKey: "k").map(\.summary) == ["@a0:b in $0", "@a1:b in $1", "@a2:b in $2"])
        _ = live.apply(policy("$3", age: 0, "{}"))
        #expect(live.rules.map(\.summary) == ["@a1:b in $1"])
        _ = live.apply(policy("$4", age: 1, #"{"entity":1}"#))
        #expect(live.rules.map(\.summary) == ["@a2:b in $2"])
    }

    @Test func `a redaction takes the rule away in the redactor's name`() {
        var list = PolicyList(room: listRoom, events: [policy("$1", ban("@a:b")), policy("$2", age: 1, ban("@c:d"))])
        let changes = list.redact(event("$1"), by: helper)
        #expect(changes.map(\.summary) == ["modified @a:b in $1 to @c:d in $2"])
        #expect(list.redact(event("$2"), by: helper).map(\.summary) == ["removed @c:d in $2 by @helper:a.org"])
        #expect(list.redact(event("$2"), by: helper).isEmpty)
        #expect(list.redact(event("$9"), by: helper).isEmpty)
        #expect(list.rules.isEmpty)
    }

    @Test func `the redaction of an event that was replaced changes nothing`() {
        var list = PolicyList(room: listRoom, events: [policy("$1", ban("@a:b"))])
        _ = list.apply(policy("$2", ban("@c:d")))
        #expect(list.redact(event("$1"), by: helper).isEmpty)
        #expect(list.rules.map(\.summary) == ["@c:d in $2"])
    }

    @Test func `a malformed event spoils nothing but its own key`() {
        let events = [
            policy("$1", key: "1", ban("@a:b")),
            policy("$2", key: "2", #"{"entity":"\ud800","recommendation":"m.ban"}"#),
            policy("$3", key: "3", "nonsense"),
            policy("$4", key: "4", ban("@c:d")),
        ]
        let list = PolicyList(room: listRoom, events: events)
        #expect(list.rules.map(\.summary) == ["@a:b in $1", "@c:d in $4"])
        #expect(list.malformed.map(\.problem) == [.badEntity, .noObject])
        #expect(list.count == 2)
    }

    @Test(
        arguments: [
            (#"{"shortcode":"coc"}"#, "coc"), (#"{"shortcode":7}"#, nil), ("{}", nil), ("nonsense", nil),
        ] as [(String, String?)]
    )
    func `reads a shortcode`(_ content: String, shortcode: String?) {
        var list = PolicyList(room: listRoom, events: [state("$0", .shortcode, key: "", #"{"shortcode":"old"}"#)])
        let changes = list.apply(state("$1", .shortcode, key: "", content))
        #expect(list.shortcode == shortcode)
        #expect(changes == [.shortcodeChanged(from: "old", to: shortcode)])
        #expect(list.apply(state("$2", .shortcode, key: "", content)).isEmpty)
        #expect(list.apply(state("$3", .shortcode, key: "x", #"{"shortcode":"x"}"#)).isEmpty)
    }

    @Test func `a redacted shortcode is gone`() {
        var list = PolicyList(room: listRoom, events: [state("$0", .shortcode, key: "", #"{"shortcode":"old"}"#)])
        #expect(list.redact(event("$0"), by: moderator) == [.shortcodeChanged(from: "old", to: nil)])
        #expect(list.shortcode == nil)
    }

    @Test func `an event that is no state is no policy`() {
        let message = RoomEvent(
            id: event("$m"),
            type: PolicyKind.user.eventTypes[0],
            sender: moderator,
            content: Array(ban("@a:b").utf8)
        )
        var list = PolicyList(room: listRoom)
        #expect(list.apply(message).isEmpty)
        #expect(PolicyList(room: listRoom, events: [message]).count == 0)
    }

    @Test func `reads the same off the caller's actor`() async {
        let events = (0..<100).map { policy("$\($0)", key: "\($0)", ban("@u\($0):b")) }
        let list = await PolicyList.reading(events, room: listRoom)
        #expect(list.rules == PolicyList(room: listRoom, events: events).rules)
        #expect(list.count == 100)
    }
}
