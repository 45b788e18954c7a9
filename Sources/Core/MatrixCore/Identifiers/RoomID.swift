/// A room, such as `!abc:a.org` or, from room version 12, `!` and a hash with no server name.
///
/// Opaque: nothing is read out of it.
package struct RoomID: MatrixIdentifier {
    package let rawValue: String

    package init(parsing text: String) throws(IdentifierError) {
        try checkCommonForm(text, sigil: "!")
        rawValue = text
    }
}
