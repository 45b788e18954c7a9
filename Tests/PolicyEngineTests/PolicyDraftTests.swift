import JSON
import MatrixCore
import PolicyEngine
import Testing

@Suite struct PolicyDraftTests {
    @Test(
        arguments: [
            ("@spam:example.com", .ban, "yBv0rotF1u7gdmLPTukWgiUrHNYoFOxQhS0cTNxKViY="),
            ("evil.example", .ban, "oxt8AOFe4OmytRS4nCPr57VreK8R9E1008g5mUl1XEI="),
            ("!badroom:example.com", .takedown, "LjzthbB7YO74Z05Dh6HgZX+rzSPVWjF7uHi71vQQ0B4="),
        ] as [(String, Recommendation, String)]
    )
    func `makes the state key that Draupnir makes`(_ entity: String, recommendation: Recommendation, key: String) {
        #expect(PolicyDraft.stateKey(entity: entity, recommendation: recommendation) == key)
    }

    @Test(arguments: [
        ("@spam:example.com", "wZHvW2aAC+jI65uDM43+Y1Ks/9b5v5NaXnDunpMUYWg="),
        ("evil.example", "nBgN4M1pnueIl8R8/bPn7h11kG4xt3RqR0fepTaQmDc="),
        ("!badroom:example.com", "5DoPY1QzRO0K1hempZeY4WUs1erZdy3MK8dmAhHtK5g="),
    ])
    func `digests an entity, and reads the digest back`(_ entity: String, base64: String) throws {
        let digest = try #require(EntityDigest(of: entity))
        #expect(digest.base64 == base64)
        #expect(EntityDigest(base64: base64) == digest)
        #expect(EntityDigest(base64: String(base64.dropLast())) == digest)
        #expect(EntityDigest(digest.bytes) == digest)
        #expect(EntityDigest(digest.bytes.dropLast()) == nil)
    }

    @Test(
        arguments: [
            (
                .ban(.user, "@a:b", reason: "spam"), "m.policy.rule.user",
                ["entity": "@a:b", "recommendation": "m.ban", "reason": "spam"]
            ),
            (
                .ban(.server, "*.evil.org", reason: nil, isHashed: true), "m.policy.rule.server",
                ["entity": "*.evil.org", "recommendation": "m.ban", "reason": "<no reason supplied>"]
            ),
            (
                .ban(.user, "@a:b", reason: ""), "m.policy.rule.user",
                ["entity": "@a:b", "recommendation": "m.ban", "reason": ""]
            ),
            (
                .takedown(.room, "!badroom:example.com"), "m.policy.rule.room",
                [
                    "recommendation": "org.matrix.msc4204.takedown",
                    "org.matrix.msc4205.hashes": ["sha256": "5DoPY1QzRO0K1hempZeY4WUs1erZdy3MK8dmAhHtK5g="],
                ]
            ),
            (
                .takedown(.user, "@a:b", isHashed: false), "m.policy.rule.user",
                ["entity": "@a:b", "recommendation": "org.matrix.msc4204.takedown"]
            ),
            (
                .takedown(.user, "@spam*:b"), "m.policy.rule.user",
                ["entity": "@spam*:b", "recommendation": "org.matrix.msc4204.takedown"]
            ),
        ] as [(PolicyDraft, String, JSONValue)]
    )
    func `writes what Draupnir reads`(_ draft: PolicyDraft, type: String, content: JSONValue) {
        #expect(draft.eventType.rawValue == type)
        #expect(draft.content == content)
    }

    @Test(
        arguments: [
            .ban(.user, "@spam:example.com", reason: "spam"), .takedown(.user, "@spam:example.com"),
            .ban(.user, "@spam:*", reason: "spam"),
        ] as [PolicyDraft]
    )
    func `writes rules that match once they are read`(_ draft: PolicyDraft) {
        let content = String(decoding: draft.content.encoded(), as: UTF8.self)
        let index = index(policy("$e", key: draft.stateKey, content))
        #expect(index.matches(user: user("@spam:example.com")).map(\.source.event) == [event("$e")])
        #expect(index.matches(user: user("@ham:example.com")).isEmpty)
    }
}
