import Observability
import Setup
import Testing

@Suite struct TokenKindTests {
    @Test(
        arguments: [
            ("syt_ZHJhdXBuaXI_abc_123", .synapse), ("mat_abc", .shortLived), ("mct_abc", .compatibility),
            ("mpt_abc", .personal), ("mcr_abc", .refresh), ("mar_abc", .refresh), ("syr_abc", .refresh),
            ("YOUR_TOKEN_HERE", .placeholder), ("none_provided", .placeholder), ("<token>", .placeholder),
            ("", .placeholder), ("syt_with blank", .malformed), ("syt_zwei\u{200B}", .malformed),
            ("kF9xAbCd", .unknown),
        ] as [(String, TokenKind)]
    )
    func `tells tokens apart by their look`(_ text: String, kind: TokenKind) {
        #expect(TokenKind(Secret(text)) == kind)
    }

    @Test(
        arguments: [
            (.synapse, false), (.compatibility, false), (.personal, false), (.unknown, false), (.shortLived, true),
            (.refresh, true), (.placeholder, true), (.malformed, true),
        ] as [(TokenKind, Bool)]
    )
    func `objects to what would not last`(_ kind: TokenKind, objects: Bool) {
        #expect((kind.objection(localpart: "bot") != nil) == objects)
    }

    @Test func `a short-lived token is cured by lines for that account`() {
        let cure = TokenKind.shortLived.objection(localpart: "bot")?.cure ?? []
        #expect(cure.contains("    mas-cli manage issue-compatibility-token bot"))
        #expect(cure.contains("    mas-cli manage provision-all-users"))
    }
}
