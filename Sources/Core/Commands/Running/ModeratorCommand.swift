package import CommandGrammar

/// One command that moderators type.
package protocol ModeratorCommand: Sendable {
    static var description: CommandDescription { get }

    init(_ arguments: ParsedArguments)

    /// What to do next, given the answers so far.
    ///
    /// Asked anew from the beginning with every answer: the same answers give the same questions.
    func step(_ answers: CommandAnswers, _ context: CommandContext) -> CommandStep
}
