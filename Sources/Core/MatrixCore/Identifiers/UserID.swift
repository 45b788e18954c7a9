/// A Matrix account, such as `@alice:example.org`.
///
/// Historical localparts are accepted (any code point but `:` and NUL, even none): whom we cannot name we cannot ban.
///
/// - Source: Matrix spec, Appendices, "User Identifiers" and "Historical User IDs".
package struct UserID: MatrixIdentifier {
    package let rawValue: String

    package init(parsing text: String) throws(IdentifierError) {
        try checkCommonForm(text, sigil: "@")
        let bytes = text.utf8  // never Characters: a combining mark after ":" would hide it
        guard let colon = bytes.firstIndex(of: UInt8(ascii: ":")), bytes.index(after: colon) < bytes.endIndex
        else { throw .missingServerName }
        rawValue = text
    }

    /// Everything between the sigil and the first colon.
    package var localpart: Substring {
        let bytes = rawValue.utf8
        let colon = bytes.firstIndex(of: UInt8(ascii: ":")) ?? bytes.endIndex
        return rawValue[bytes.index(after: bytes.startIndex)..<colon]
    }

    /// Everything behind the first colon; the server that answers for the account.
    package var server: ServerName {
        let bytes = rawValue.utf8
        let colon = bytes.firstIndex(of: UInt8(ascii: ":")) ?? bytes.startIndex
        return ServerName(unchecked: String(rawValue[bytes.index(after: colon)...]))
    }
}
