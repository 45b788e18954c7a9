import CommandGrammar
import MatrixCore
import Testing

@Suite struct ArgumentKindTests {
    private static func read(_ text: String, as kind: ArgumentKind) throws(Unreadable) -> ArgumentValue {
        try kind.read(Token(text))
    }

    private static let hash = "!" + String(repeating: "aB3-_", count: 8) + "xyz"

    @Test(arguments: [
        "@foo:bar", "@:example.org", "@a:localhost:9999", "@a:[::1]:8448", "https://matrix.to/#/@foo:bar",
        "https://matrix.to/#/%40foo%3Abar", "<https://matrix.to/#/@foo:bar>", "[Foo Bar](https://matrix.to/#/@foo:bar)",
        "matrix:u/foo:bar", "<matrix:u/foo:bar>", "[x](matrix:u/foo:bar)",
    ])
    func `reads users however clients write them`(_ text: String) throws {
        guard case .user(.user(let user)) = try Self.read(text, as: .user) else {
            Issue.record("not one user")
            return
        }
        if text.contains("foo") { #expect(user.rawValue == "@foo:bar") } else { #expect(user.rawValue == text) }
    }

    @Test(
        arguments: [
            ("@foo", .userWithoutServer),
            ("foo:bar", .otherKind),
            ("@foo:bar,", .badServerName("bar,")),  // Draupnir took it
            ("@foo:", .userWithoutServer),
            ("@*:evil.example", .globNotAllowed),
            ("#x:y", .otherKind),
            ("https://matrix.to/#/!r:b/notanevent", .otherKind),
            ("", .empty),
        ] as [(String, Unreadable)]
    )
    func `refuses what is not a user`(_ text: String, why: Unreadable) {
        #expect(throws: why) { try Self.read(text, as: .user) }
    }

    @Test(arguments: ["@*:evil", "@spam*:*", "@spam*", "@*:*.evil.example", "@a?:b"])
    func `reads globs of users where they are wanted`(_ text: String) throws {
        guard case .user(.glob(let glob)) = try Self.read(text, as: .userOrGlob) else {
            Issue.record("not a glob")
            return
        }
        #expect(glob.text == text)
    }

    @Test(arguments: [
        ("#x:y", "#x:y", []),
        ("!abc:def", "!abc:def", []),
        (hash, hash, []),
        ("https://matrix.to/#/#coc:example.com", "#coc:example.com", []),
        ("https://matrix.to/#/!foo:example.com?via=example.com", "!foo:example.com", ["example.com"]),
        ("[Room name](https://matrix.to/#/!foo:example.com?via=a&via=b)", "!foo:example.com", ["a", "b"]),
        ("matrix:roomid/foo:example.com", "!foo:example.com", []),
    ])
    func `reads rooms`(_ text: String, name: String, via: [String]) throws {
        guard case .room(let room) = try Self.read(text, as: .room) else {
            Issue.record("not a room")
            return
        }
        #expect(room.text == name)
        #expect(room.via.map(\.rawValue) == via)
    }

    @Test(
        arguments: [
            ("#x", .otherKind), ("!draupnir", .otherKind), ("!abc:de f", .badServerName("de f")),
            (hash + "x", .otherKind), ("coc", .otherKind), ("@a:b", .otherKind), ("#x:y,", .badServerName("y,")),
        ] as [(String, Unreadable)]
    )
    func `refuses what is not a room`(_ text: String, why: Unreadable) {
        #expect(throws: why) { try Self.read(text, as: .room) }
    }

    @Test func `reads links to events`() throws {
        let value = try Self.read("https://matrix.to/#/!r%3Ab/%24ev?via=c", as: .event)
        let room = try RoomReference(RoomID(parsing: "!r:b"), via: [ServerName(parsing: "c")])
        #expect(value == .event(EventReference(try EventID(parsing: "$ev"), in: room)))
        #expect(try Self.read("https://matrix.to/#/!r%3Ab/%24ev?via=c", as: .userOrEvent) == value)
        #expect(throws: Unreadable.otherKind) { try Self.read("https://matrix.to/#/!r:b/notanevent", as: .event) }
        #expect(throws: Unreadable.otherKind) { try Self.read("$ev", as: .event) }
    }

    @Test(arguments: [
        "example.org", "true.example.com", "localhost", "evil:8448", "1.2.3.4", "[::1]", "[2001:db8::1]:80",
        "xn--bcher-kva.example", "1.2.3.4:8448",
    ])
    func `reads servers that someone may have meant`(_ text: String) throws {
        #expect(try Self.read(text, as: .entity) == .server(.server(ServerName(parsing: text))))
    }

    @Test(arguments: ["*.evil.example", "*", "evil.*", "*.*", "?*", "[2001:db8:*]", "*.evil.example:*"])
    func `reads globs of servers`(_ text: String) throws {
        guard case .server(.glob(let glob)) = try Self.read(text, as: .entity) else {
            Issue.record("not a glob")
            return
        }
        #expect(glob.text == text)
    }

    @Test(
        arguments: [
            ("notaserver", .implausibleServer),
            ("evil*", .implausibleServer),
            ("spam:example", .otherKind),
            ("@spam", .userWithoutServer),
            ("#spam", .otherKind),
            ("!spam", .otherKind),
            ("isfalse", .implausibleServer),
            ("1.5", .implausibleServer),
            ("spam.", .implausibleServer),
            (".", .implausibleServer),
            ("Spam Bot", .otherKind),
            ("https://evil.example/", .otherKind),
            ("<https://matrix.to/#/x>", .otherKind),
            ("2001:db8::1", .otherKind),
            ("", .empty),
        ] as [(String, Unreadable)]
    )
    func `refuses entities that are most likely mistakes`(_ text: String, why: Unreadable) {
        #expect(throws: why) { try Self.read(text, as: .entity) }
    }

    @Test func `an entity is a user, a room or a server`() throws {
        #expect(try Self.read("@a:b", as: .entity) == .user(.user(UserID(parsing: "@a:b"))))
        #expect(try Self.read("[A](https://matrix.to/#/@a:b)", as: .entity) == .user(.user(UserID(parsing: "@a:b"))))
        #expect(try Self.read("!r:b", as: .entity) == .room(RoomReference(RoomID(parsing: "!r:b"))))
        #expect(try Self.read("matrix:r/x:y", as: .entity) == .room(RoomReference(.alias(RoomAlias(parsing: "#x:y")))))
    }

    @Test func `a quoted user ID is a user to whom a user is wanted`() throws {
        let token = CommandText(#""@a b:x""#).tokens[0]
        #expect(try ArgumentKind.entity.read(token) == .user(.user(UserID(parsing: "@a b:x"))))
    }

    @Test func `a list is a room or a short name, and no broken identifier`() throws {
        #expect(try Self.read("coc", as: .list) == .text("coc"))
        #expect(try Self.read("#x:y", as: .list) == .room(RoomReference(.alias(RoomAlias(parsing: "#x:y")))))
        for text in ["#x", "!x", "@a:b", "https://matrix.to/#/nothing"] {
            #expect(throws: Unreadable.otherKind) { try Self.read(text, as: .list) }
        }
    }

    @Test(
        arguments: [
            ("123", 123), ("-123", -123), ("007", 7), ("9223372036854775807", .max),
        ] as [(String, Int64)]
    )
    func `reads numbers`(_ text: String, number: Int64) throws {
        #expect(try Self.read(text, as: .integer(.min ... .max)) == .integer(number))
    }

    @Test(
        arguments: [
            ("50abc", .otherKind), ("abc", .otherKind), ("", .otherKind), ("-", .otherKind), ("1.0", .otherKind),
            ("101", .outOfRange(0...100)), ("-1", .outOfRange(0...100)),
            ("99999999999999999999", .outOfRange(0...100)), ("0x10", .otherKind), ("--5", .otherKind),
        ] as [(String, Unreadable)]
    )
    func `refuses what is not a number in range`(_ text: String, why: Unreadable) {
        #expect(throws: why) { try Self.read(text, as: .integer(0...100)) }
    }

    @Test func `booleans are exact words`() throws {
        #expect(try Self.read("true", as: .boolean) == .boolean(true))
        #expect(try Self.read("False", as: .boolean) == .boolean(false))
        for text in ["true.example.com", "trueish", "isfalse", "yes", ""] {
            #expect(throws: Unreadable.otherKind) { try Self.read(text, as: .boolean) }
        }
    }

    @Test(
        arguments: [
            ("90s", .seconds(90)), ("5m", .seconds(300)), ("1h30m", .seconds(5_400)), ("2d", .seconds(172_800)),
            ("500ms", .milliseconds(500)), ("1W", .seconds(604_800)), ("10minutes", .seconds(600)),
        ] as [(String, Duration)]
    )
    func `reads times with their units`(_ text: String, duration: Duration) throws {
        #expect(try Self.read(text, as: .duration) == .duration(duration))
    }

    @Test(
        arguments: [
            ("90", .missingUnit), ("1h30", .missingUnit), ("s", .otherKind), ("1x", .otherKind), ("", .empty),
            ("9999999999s", .otherKind), ("-1s", .otherKind), ("1 s", .missingUnit),
        ] as [(String, Unreadable)]
    )
    func `refuses times without units`(_ text: String, why: Unreadable) {
        #expect(throws: why) { try Self.read(text, as: .duration) }
    }

    @Test func `a choice is read whatever its case, and a mistyped one corrected`() throws {
        let kind = ArgumentKind.choice(["ban", "takedown"])
        #expect(try Self.read("Takedown", as: kind) == .text("takedown"))
        #expect(throws: Unreadable.noSuchChoice(suggestions: ["takedown"])) { try Self.read("takdown", as: kind) }
        #expect(throws: Unreadable.noSuchChoice(suggestions: [])) { try Self.read("allow", as: kind) }
    }
}
