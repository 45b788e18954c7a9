package import CommandGrammar
import JSON
import MatrixCore
import PolicyEngine
import Protections

package struct ListCreateCommand: ModeratorCommand {
    private static let shortcode = Parameter("shortcode", .text, "the list's short name, for ban and unban")
    private static let alias = Parameter("alias", .text, "the list's alias on this server, without # and server")

    package static let description = CommandDescription(
        "list create",
        "makes a policy list, which can be used to ban people, watches it and protects it",
        arguments: [shortcode, alias],
        examples: ["list create coc code-of-conduct-bans"]
    )

    private let shortcode: String
    private let alias: String

    package init(_ arguments: ParsedArguments) {
        shortcode = arguments[Self.shortcode]
        alias = arguments[Self.alias]
    }

    package func step(_ answers: CommandAnswers, _ context: CommandContext) -> CommandStep {
        guard let version = answers[0]?.first else {
            if let list = context.policies.list(named: shortcode) {
                return .fail {
                    "A watched list has the short name \(code: shortcode) already: \(context.phrase(list.room))."
                }
            }
            return .ask([.askRoomVersion])
        }
        guard let made = answers[1]?.first else {
            let bot = context.bot.user
            let template = RoomTemplate.policyList(
                shortcode,
                aliasLocalpart: aliasLocalpart,
                writers: context.sender == bot ? [] : [context.sender],
                bot: bot,
                version: version.roomVersion
            )
            return .ask([.createRoom(template)])
        }
        guard case .room(let room, _) = made else {
            return made.refusal("I cannot make the list") ?? .fail { "I cannot make the list." }
        }
        guard let written = answers[2] else {
            return .ask([
                .changeAccountData(.watch(room, via: [context.bot.user.server])), .changeAccountData(.protect(room)),
            ])
        }
        for result in written {
            if let step = result.refusal("I made the list \(room), but cannot note it; watch it with watch \(room)") {
                return step
            }
        }
        return .succeed {
            "Made the policy list \(room, named: shortcode) (\(code: room.rawValue)), with the alias "
                + "\(code: "#\(aliasLocalpart):\(context.bot.user.server)"). It is watched and protected."
        }
    }

    /// What was meant where somebody typed a whole alias.
    private var aliasLocalpart: String {
        guard let whole = try? RoomAlias(parsing: alias) else { return alias }
        let bytes = whole.rawValue.utf8.dropFirst().prefix { $0 != UInt8(ascii: ":") }
        return String(Substring(bytes))
    }
}
