/// For whom text without HTML is made.
package enum TextStyle: Sendable, Equatable {
    /// The `body` of a message: Markdown, readable as it stands.
    case markdown
    /// A terminal; `colours` allows escape sequences.
    case terminal(colours: Bool)
}
