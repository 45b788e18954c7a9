import MatrixCore
import RoomState
import TestSupport
import Testing

@Suite struct MatchingTests {
    private let rooms: RoomStates

    init() {
        var rooms = RoomStates()
        rooms.setProtected(true, "!a:a.org")
        for user in [
            "@eve:evil.org", "@mallory:evil.org", "@eve:evil.org:8448", "@bob:good.org", "@:good.org",
            "@we?rd*:good.org", "@\u{1F608}:good.org", "@Eve:evil.org",
        ] as [UserID] { rooms.set(user, .join, in: "!a:a.org") }
        rooms.set("@gone:evil.org", .leave, in: "!a:a.org")
        rooms.set("@elsewhere:evil.org", .join, in: "!unguarded:a.org")
        self.rooms = rooms
    }

    @Test(
        arguments: [
            ("@eve:evil.org", ["@eve:evil.org"]),
            ("@*:evil.org", ["@Eve:evil.org", "@eve:evil.org", "@mallory:evil.org"]),
            ("@*:evil.org:8448", ["@eve:evil.org:8448"]),
            ("@eve:*", ["@eve:evil.org", "@eve:evil.org:8448"]),
            ("@*e:*.org", ["@Eve:evil.org", "@eve:evil.org"]),
            ("@?ve:evil.org", ["@Eve:evil.org", "@eve:evil.org"]),
            ("@?:good.org", ["@\u{1F608}:good.org"]),  // one character, whatever its bytes
            ("@:good.org", ["@:good.org"]),
            ("@we?rd*:good.org", ["@we?rd*:good.org"]),
            ("@gone:evil.org", []),
            ("@elsewhere:evil.org", []),
            ("@nobody:evil.org", []),
            ("@*:nowhere.org", []),
            ("@*:*vil.org", ["@Eve:evil.org", "@eve:evil.org", "@mallory:evil.org"]),
        ] as [(String, [String])]
    )
    func `a pattern finds those who are present`(_ pattern: String, users: [String]) {
        #expect(
            rooms.presentUsers(matching: pattern).map(\.rawValue).sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
                == users
        )
    }

    @Test(
        arguments: [
            ("@gone:evil.org", ["@gone:evil.org"]),
            ("@*o*e*:evil.org", ["@gone:evil.org"]),
            ("@else*", ["@elsewhere:evil.org"]),
        ] as [(String, [String])]
    )
    func `everyone of whom something is known can be found too`(_ pattern: String, users: [String]) {
        #expect(rooms.users(matching: pattern).map(\.rawValue).sorted() == users)
    }

    @Test(
        arguments: [
            ("evil.org", ["evil.org", "evil.org:8448"]), ("EVIL.org", ["evil.org", "evil.org:8448"]),
            ("*.org", ["evil.org", "evil.org:8448", "good.org"]), ("evil.org:8448", ["evil.org:8448"]), ("vil.org", []),
        ] as [(String, [String])]
    )
    func `a server pattern finds servers with and without their port`(_ pattern: String, servers: [String]) {
        #expect(rooms.presentServers(matching: pattern).map(\.server.rawValue).sorted() == servers)
    }

    @Test func `servers are counted by their present users`() {
        let counts = Dictionary(uniqueKeysWithValues: rooms.presentServers.map { ($0.server.rawValue, $0.users) })
        #expect(counts == ["evil.org": 3, "evil.org:8448": 1, "good.org": 4])
    }

    @Test func `present users come with the bytes of their server`() {
        var seen: [String: String] = [:]
        rooms.forEachPresentUser { user, server in seen[text(user)] = text(server) }
        #expect(seen["@eve:evil.org:8448"] == "evil.org:8448")
        #expect(seen["@:good.org"] == "good.org")
        #expect(seen.count == 8)
    }
}
