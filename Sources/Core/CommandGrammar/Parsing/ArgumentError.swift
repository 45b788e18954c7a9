/// Why the words of a command do not fit what it takes: facts only; `ArgumentReport` words them.
package struct ArgumentError: Error, Equatable, Sendable {
    package enum Problem: Equatable, Sendable {
        /// A prompt may ask for it, where the parameter is declared so.
        case missing(parameter: String, ArgumentKind)
        case unreadable(parameter: String, ArgumentKind, Unreadable)
        case unexpected
        case unknownOption(String)
        case missingValue(option: String, ArgumentKind)
        case unreadableValue(option: String, ArgumentKind, Unreadable)
        /// A flag was given another value than true or false.
        case flagWithValue(option: String)
        case repeated(option: String)
    }

    package let problem: Problem
    /// The word at fault, counted from behind the command's own words; the number of words where one is missing.
    package let position: Int
    /// What may have been meant, likeliest first: options and choices as they are typed.
    package let suggestions: [String]

    package init(_ problem: Problem, at position: Int, suggestions: [String] = []) {
        self.problem = problem
        self.position = position
        self.suggestions = suggestions
    }
}
