package import CommandGrammar
import MatrixCore
import PolicyEngine

package struct RulesCommand: ModeratorCommand {
    package static let description = CommandDescription("rules", "lists the rules of all watched lists")

    package init(_ arguments: ParsedArguments) {}

    package func step(_ answers: CommandAnswers, _ context: CommandContext) -> CommandStep {
        guard !context.policies.lists.isEmpty else { return .succeed { "No list is watched." } }
        return .succeed {
            for list in context.policies.lists {
                "\(context.listName(list.room)): \(counted(list.count, "rule"))"
                // Far more than the pages hold; what is left out is said.
                Block.list(
                    list.rules.prefix(2_000).map { rule in
                        context.policies.isHeld(rule.id) ? "\(rule.summary) (held)" : rule.summary
                    }
                )
            }
        }
    }
}

package struct RulesMatchingCommand: ModeratorCommand {
    private static let entity = Parameter("entity", .entity, "a user, server or room")

    package static let description = CommandDescription(
        "rules matching",
        "lists the rules that name a user, a server or a room; of a user those about its server too",
        arguments: [entity],
        examples: ["rules matching @somebody:example.org", "rules matching example.org"]
    )

    private let entity: Entity

    package init(_ arguments: ParsedArguments) { entity = arguments[Self.entity] }

    package func step(_ answers: CommandAnswers, _ context: CommandContext) -> CommandStep {
        var round = 0
        let rules: [PolicyRule]
        let name: String
        switch entity {
        case .user(let pattern):
            name = pattern.description
            let user = try? UserID(parsing: name)
            rules = user.map { context.policies.matches(user: $0) + context.policies.matches(server: $0.server) } ?? []
        case .server(let pattern):
            name = pattern.description
            let matching = (try? ServerName(parsing: name)).map { context.policies.matches(server: $0) } ?? []
            rules = matching + context.policies.rules(of: .server, named: name, besides: matching)
        case .room(let reference):
            switch Resolving.resolve(reference, answers, &round, context) {
            case .room(let room, _):
                name = room.rawValue
                rules = context.policies.matches(room: room)
            case .step(let step): return step
            }
        }
        guard !rules.isEmpty else { return .succeed { "No rule of a watched list names \(code: name)." } }
        return .succeed {
            "\(counted(rules.count, "rule")) \(rules.count == 1 ? "names" : "name") \(code: name):"
            Block.list(
                rules.map { rule in
                    let held: Phrase = context.policies.isHeld(rule.id) ? " (held: not in force)" : ""
                    return "\(rule.summary), in \(context.listName(rule.source.list)) by \(rule.source.sender)\(held)"
                }
            )
        }
    }
}
