package import CommandGrammar
import MatrixCore

package struct ResolveCommand: ModeratorCommand {
    private static let alias = Parameter("alias", .alias, "an alias, such as #lobby:example.org")

    package static let description = CommandDescription(
        "resolve",
        "tells which room an alias stands for",
        arguments: [alias],
        examples: ["resolve #lobby:example.org"]
    )

    private let alias: RoomAlias

    package init(_ arguments: ParsedArguments) { alias = arguments[Self.alias] }

    package func step(_ answers: CommandAnswers, _ context: CommandContext) -> CommandStep {
        var round = 0
        switch Resolving.resolve(RoomReference(.alias(alias)), answers, &round, context) {
        case .room(let room, let via):
            return .succeed {
                "\(alias) stands for \(code: room.rawValue) - \(RoomReference(room, via: via), named: "link")"
            }
        case .step(let step): return step
        }
    }
}
