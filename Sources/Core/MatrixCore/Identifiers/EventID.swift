/// An event, such as `$15bq…`; opaque.
package struct EventID: MatrixIdentifier {
    package let rawValue: String

    package init(parsing text: String) throws(IdentifierError) {
        try checkCommonForm(text, sigil: "$")
        rawValue = text
    }
}
