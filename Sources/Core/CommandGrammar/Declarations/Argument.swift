/// Something that a command can be given: a parameter, an option, a flag or the rest.
///
/// Each is a constant of the command that takes it; the same constant declares it, and reads it from what was parsed.
package protocol Argument: Sendable {
    var declaration: ArgumentDeclaration { get }
}

/// What the parser and the help need to know of an argument.
package enum ArgumentDeclaration: Sendable {
    case parameter(ParameterDeclaration)
    case rest(RestDeclaration)
    case option(OptionDeclaration)
}

package struct ParameterDeclaration: Sendable {
    package let name: String
    package let kind: ArgumentKind
    package let summary: String
    package let isOptional: Bool
    /// Whether to offer choices when it is missing, instead of an error.
    package let isPrompted: Bool
}

/// What stands behind the last parameter, however many words.
package struct RestDeclaration: Sendable {
    package let name: String
    /// Nil takes the text as it was typed; else each word must be of this kind.
    package let kind: ArgumentKind?
    package let summary: String
    package let isPrompted: Bool
}

package struct OptionDeclaration: Sendable {
    /// Without its dashes.
    package let name: String
    /// One letter for `-x`, as programs have them.
    package let letter: Unicode.Scalar?
    /// Nil for a flag, which is given or not.
    package let kind: ArgumentKind?
    /// What help writes for the value, such as `FILE`.
    package let valueName: String
    package let summary: String
    package let isRepeatable: Bool
    /// What to use instead; nil where it is not deprecated.
    package let replacement: String?
    /// Accepted, and not shown in any help.
    package let isHidden: Bool
}
