import JSON
import MatrixCore
import PolicyEngine
import Testing

@Suite struct PolicyRuleReadingTests {
    @Test(
        arguments: [
            ("m.policy.rule.user", .user), ("m.room.rule.user", .user), ("org.matrix.mjolnir.rule.user", .user),
            ("m.policy.rule.room", .room), ("m.room.rule.room", .room), ("org.matrix.mjolnir.rule.room", .room),
            ("m.policy.rule.server", .server), ("m.room.rule.server", .server),
            ("org.matrix.mjolnir.rule.server", .server), ("m.policy.rule.emoji", nil), ("m.room.member", nil),
        ] as [(String, PolicyKind?)]
    )
    func `knows the nine event types`(_ type: String, kind: PolicyKind?) {
        #expect(PolicyKind(eventType: EventType(rawValue: type)) == kind)
    }

    @Test(
        arguments: [
            ("m.ban", .ban, "m.ban"),
            ("org.matrix.mjolnir.ban", .ban, "m.ban"),
            ("org.matrix.msc4204.takedown", .takedown, "org.matrix.msc4204.takedown"),
            ("m.takedown", .takedown, "org.matrix.msc4204.takedown"),
            ("org.matrix.mjolnir.allow", .allow, "org.matrix.mjolnir.allow"),
            ("fi.mau.meowlnir.unban", .unknown("fi.mau.meowlnir.unban"), "fi.mau.meowlnir.unban"),
            ("M.BAN", .unknown("M.BAN"), "M.BAN"),
        ] as [(String, Recommendation, String)]
    )
    func `reads every spelling of a recommendation and writes one`(
        _ text: String,
        recommendation: Recommendation,
        written: String
    ) {
        #expect(Recommendation(text) == recommendation)
        #expect(recommendation.written == written)
        #expect(recommendation.bans == [.ban, .takedown].contains(recommendation))
    }

    @Test func `keeps who said it, where and why`() throws {
        let event = RoomEvent(
            id: event("$e"),
            type: EventType(rawValue: "m.room.rule.server"),
            sender: moderator,
            stateKey: "key",
            timestamp: 17,
            content: Array(#"{"entity":"*.evil.org","recommendation":"org.matrix.mjolnir.ban","reason":""}"#.utf8)
        )
        let rule = try #require(try PolicyRule(event, in: listRoom))
        let source = PolicySource(
            list: listRoom,
            event: event.id,
            eventType: event.type,
            stateKey: "key",
            sender: moderator,
            timestamp: 17
        )
        let expected = PolicyRule(
            kind: .server,
            subject: .glob("*.evil.org"),
            recommendation: .ban,
            reason: "",
            source: source
        )
        #expect(rule == expected)
    }

    static let digest = "wZHvW2aAC+jI65uDM43+Y1Ks/9b5v5NaXnDunpMUYWg"

    @Test(arguments: [
        #"{"hashes":{"sha256":"\#(digest)="},"recommendation":"m.ban"}"#,
        #"{"hashes":{"sha256":"\#(digest)"},"recommendation":"m.ban"}"#,
        #"{"org.matrix.msc4205.hashes":{"sha256":"\#(digest)="},"recommendation":"m.ban"}"#,
        #"{"org.matrix.msc4205.hashes":{"sha256":"AA"},"hashes":{"sha256":"\#(digest)="},"recommendation":"m.ban"}"#,
        #"{"hashes":{"md5":"x"},"org.matrix.msc4205.hashes":{"sha256":"\#(digest)"},"recommendation":"m.ban"}"#,
    ])
    func `reads a hash in either place, padded or not`(_ content: String) throws {
        let rule = try #require(try PolicyRule(policy("$e", content), in: listRoom))
        let expected = try #require(EntityDigest(of: "@spam:example.com"))
        #expect(rule.subject == .hash(expected))
        #expect(rule.reason == nil)
    }

    @Test(
        arguments: [
            (#""@a:b""#, .literal("@a:b")), (#""@late*""#, .glob("@late*")), (#""?""#, .glob("?")),
            (#"" ""#, .literal(" ")),
            (#""\ud83d\ude00""#, .literal("\u{1F600}")),
        ] as [(String, PolicySubject)]
    )
    func `reads an entity in clear, even beside a hash`(_ entity: String, subject: PolicySubject) throws {
        let content = #"{"entity":\#(entity),"hashes":{"sha256":"\#(Self.digest)="},"recommendation":"m.ban"}"#
        let rule = try #require(try PolicyRule(policy("$e", content), in: listRoom))
        #expect(rule.subject == subject)
    }

    @Test(arguments: ["{}", " { } ", "{\n}"])
    func `takes a blank content for no rule and no error`(_ content: String) throws {
        #expect(try PolicyRule(policy("$e", content), in: listRoom) == nil)
    }

    static let long = String(repeating: "a", count: 256)

    @Test(
        arguments: [
            ("", .unreadable(.empty)),
            ("[]", .noObject),
            (#"{"entity":"@a:b""#, .unreadable(.badStructure)),
            (#"{"entity":"@a:b"}"#, .badRecommendation),
            (#"{"entity":"@a:b","recommendation":null}"#, .badRecommendation),
            (#"{"entity":"@a:b","recommendation":"\ud800"}"#, .badRecommendation),
            (#"{"recommendation":"m.ban"}"#, .noEntity),
            (#"{"recommendation":"m.ban","hashes":{}}"#, .noEntity),
            (#"{"recommendation":"m.ban","entity":["@a:b"]}"#, .badEntity),
            (#"{"recommendation":"m.ban","entity":null}"#, .badEntity),
            (#"{"recommendation":"m.ban","entity":"@a\udc00:b"}"#, .badEntity),
            (#"{"recommendation":"m.ban","entity":""}"#, .emptyEntity),
            (#"{"recommendation":"m.ban","entity":"@a\u0000:b"}"#, .entityContainsNul),
            (#"{"recommendation":"m.ban","entity":"\#(long)"}"#, .entityTooLong(bytes: 256)),
            (#"{"recommendation":"m.ban","hashes":{"sha256":"nonsense"}}"#, .badHash),
            (#"{"recommendation":"m.ban","hashes":{"sha256":7}}"#, .badHash),
            (#"{"recommendation":"m.ban","hashes":{"sha256":"\#(digest)A"}}"#, .badHash),
            (#"{"recommendation":"m.ban","entity":"@a:b","reason":{}}"#, .badReason),
            (#"{"recommendation":"m.ban","entity":"@a:b","reason":"\ud800"}"#, .badReason),
        ] as [(String, PolicyProblem)]
    )
    func `says what is wrong with a malformed event`(_ content: String, problem: PolicyProblem) {
        let event = policy("$e", of: .room, age: 2, content)
        let expected = MalformedPolicy(
            event: event.id,
            type: EventType(rawValue: "org.matrix.mjolnir.rule.room"),
            stateKey: "k",
            sender: moderator,
            problem: problem
        )
        #expect(throws: expected) { try PolicyRule(event, in: listRoom) }
    }

    @Test func `compares entities by bytes, not by canonical equivalence`() {
        #expect(PolicySubject.literal("@\u{212A}:a.org") != .literal("@K:a.org"))
        #expect(PolicySubject.literal("@a:b") != .glob("@a:b"))
    }
}
