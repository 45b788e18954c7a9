package import CommandGrammar
import PolicyEngine

package struct PauseCommand: ModeratorCommand {
    package static let description = CommandDescription(
        "pause",
        "stops every ban, ACL and other action at once; what waits is kept"
    )

    package init(_ arguments: ParsedArguments) {}

    package func step(_ answers: CommandAnswers, _ context: CommandContext) -> CommandStep {
        let document = Document {
            "Paused: nothing more is done until \(code: "\(context.program) resume"). What is under way now still ends."
        }
        return .finish(CommandReport(.success, document, [.pause]))
    }
}

package struct ResumeCommand: ModeratorCommand {
    package static let description = CommandDescription("resume", "goes on after pause")

    package init(_ arguments: ParsedArguments) {}

    package func step(_ answers: CommandAnswers, _ context: CommandContext) -> CommandStep {
        let text: Phrase = context.status.isPaused ? "Going on." : "I was not paused."
        return .finish(CommandReport(.success, Document { text }, [.resume]))
    }
}

package struct HeldCommand: ModeratorCommand {
    package static let description = CommandDescription(
        "held",
        "lists the rules that wait for a moderator's word because they would hit many"
    )

    package init(_ arguments: ParsedArguments) {}

    package func step(_ answers: CommandAnswers, _ context: CommandContext) -> CommandStep {
        guard !context.held.isEmpty else { return .finish(CommandReport(.success, Document { "No rule is held." })) }
        let document = Document {
            "These rules are not in force:"
            Block.list(
                context.held.map { held in
                    "\(held.number): \(held.rule.summary) in \(context.listName(held.rule.source.list)) by \(held.rule.source.sender): \(held.why)"
                }
            )
            "To put one in force: \(code: "\(context.program) release NUMBER")."
        }
        return .finish(CommandReport(.success, document))
    }
}

package struct ReleaseCommand: ModeratorCommand {
    private static let number = Parameter("number", .integer(in: 1...10_000), "the rule's number in held")

    package static let description = CommandDescription(
        "release",
        "puts a held rule in force",
        arguments: [number],
        examples: ["release 1"]
    )

    private let number: Int

    package init(_ arguments: ParsedArguments) { number = Int(clamping: arguments[Self.number]) }

    package func step(_ answers: CommandAnswers, _ context: CommandContext) -> CommandStep {
        guard let held = context.held.first(where: { $0.number == number }) else {
            let document = Document {
                "There is no held rule \(number); \(code: "\(context.program) held") lists them."
            }
            return .finish(CommandReport(.failure, document))
        }
        let document = Document { "In force now: \(held.rule.summary)." }
        return .finish(CommandReport(.success, document, [.release(held.rule.id)]))
    }
}
