import MatrixCore
import PolicyEngine
import Testing

@Suite struct BlastRadiusTests {
    @Test(arguments: [
        (0, 0, false), (9, 10, false), (10, 10, true), (10, 199, true), (10, 200, false), (11, 219, true),
        (11, 220, false), (50, 1_000, false), (50, 999, true), (50, 1_000_000, false), (51, 1_000_000, true),
    ])
    func `is wide above 50, or above 5 percent and 9`(_ hit: Int, present: Int, isWide: Bool) {
        #expect(BlastRadius(hit: hit, of: present).isWide == isWide)
    }

    static let hashed =
        #"{"hashes":{"sha256":"wZHvW2aAC+jI65uDM43+Y1Ks/9b5v5NaXnDunpMUYWg="},"recommendation":"m.ban"}"#

    @Test(
        arguments: [
            (.user, ban("@*:b"), true), (.user, ban("@a:b"), false), (.user, hashed, false),
            (.server, ban("b"), true), (.server, ban("*.b"), true), (.server, hashed, true),
            (.room, ban("!*"), false), (.user, #"{"entity":"*","recommendation":"org.matrix.mjolnir.allow"}"#, false),
            (.user, #"{"entity":"*","recommendation":"m.takedown"}"#, true),
        ] as [(PolicyKind, String, Bool)]
    )
    func `holds globs and server rules only`(_ kind: PolicyKind, content: String, isHeld: Bool) throws {
        let rule = try #require(try PolicyRule(policy("$1", of: kind, content), in: listRoom))
        #expect(BlastRadius(hit: 51, of: 100).holds(rule) == isHeld)
        #expect(!BlastRadius(hit: 9, of: 100).holds(rule))
    }
}
