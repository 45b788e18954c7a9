/// A name for a room in a server's directory, such as `#coc:example.org`.
package struct RoomAlias: MatrixIdentifier {
    package let rawValue: String

    package init(parsing text: String) throws(IdentifierError) {
        try checkCommonForm(text, sigil: "#")
        let bytes = text.utf8
        guard let colon = bytes.firstIndex(of: UInt8(ascii: ":")), bytes.index(after: colon) < bytes.endIndex
        else { throw .missingServerName }
        rawValue = text
    }

    /// The server whose directory holds the alias.
    package var server: ServerName {
        let bytes = rawValue.utf8
        let colon = bytes.firstIndex(of: UInt8(ascii: ":")) ?? bytes.startIndex
        return ServerName(unchecked: String(rawValue[bytes.index(after: colon)...]))
    }
}
