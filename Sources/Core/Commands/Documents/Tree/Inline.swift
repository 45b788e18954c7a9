package import CommandGrammar
package import MatrixCore

/// A piece of running text.
///
/// Text is kept as it came; what is hostile in it is dealt with when it is rendered.
package indirect enum Inline: Sendable, Equatable {
    case text(String)
    case bold(Phrase)
    case italic(Phrase)
    case code(String)
    case link(Phrase, to: String)
    case coloured(Phrase, Colour)
    /// A user, shown by name where one is given, else by ID.
    case user(UserID, name: String?)
    case room(RoomReference, name: String?)
    case event(EventReference, label: Phrase)
    case lineBreak
}

/// What a colour says; a reader without colours must not miss it.
package enum Colour: Sendable, Equatable {
    case good, bad, warning

    var hex: String {
        switch self {
        case .good: "#7cfc00"
        case .bad: "#e01f2b"
        case .warning: "#ffa500"
        }
    }
}
