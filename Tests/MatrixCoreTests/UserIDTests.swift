import MatrixCore
import Testing

@Suite struct UserIDTests {
    @Test(arguments: [
        ("@alice:example.org", "alice", "example.org"),
        ("@:example.org", "", "example.org"),  // historical: empty localpart
        ("@a:[::1]:8448", "a", "[::1]:8448"),  // the first colon splits
        ("@a:\u{301}b.org", "a", "\u{301}b.org"),  // a combining mark must not hide the colon
        ("@A b!:x", "A b!", "x"),  // historical: any code point
    ])
    func `reads localpart and server`(_ text: String, localpart: String, server: String) throws {
        let user = try UserID(parsing: text)
        #expect(equalByBytes(String(user.localpart), localpart))
        #expect(equalByBytes(user.server.rawValue, server))
    }

    @Test(
        arguments: [
            ("alice:example.org", .wrongSigil(expected: "@")),
            ("@alice:", .missingServerName),
            ("@alice", .missingServerName),
            ("@", .empty),
            ("@a\0:b", .containsNul),
            ("@" + String(repeating: "a", count: 254) + ":b", .tooLong(bytes: 257)),  // 255 is the limit
        ] as [(String, IdentifierError)]
    )
    func `refuses what is not a user ID`(_ text: String, with error: IdentifierError) {
        #expect(throws: error) { try UserID(parsing: text) }
    }

    @Test func `is equal by bytes, not by canonical equivalence`() throws {
        let kelvin = try UserID(parsing: "@\u{212A}:a.org")
        let latin = try UserID(parsing: "@K:a.org")
        #expect(Set([kelvin, latin]).count == 2)
        let composed = try UserID(parsing: "@\u{E9}:a.org")
        let decomposed = try UserID(parsing: "@e\u{301}:a.org")
        #expect(composed != decomposed)
    }
}
