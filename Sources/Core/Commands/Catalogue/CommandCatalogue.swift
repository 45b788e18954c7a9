package import CommandGrammar

/// Every command, by the words that call it.
package enum CommandCatalogue {
    package enum Entry: Sendable {
        case command(any ModeratorCommand.Type)
        /// A command of Draupnir's that this version does not have.
        case notBuilt(CommandDescription)

        var description: CommandDescription {
            switch self {
            case .command(let command): command.description
            case .notBuilt(let description): description
            }
        }
    }

    package static let table = CommandTable(built.map(Entry.command) + missing.map(Entry.notBuilt)) { $0.description }

    static let built: [any ModeratorCommand.Type] = [
        HelpCommand.self, StatusCommand.self,
        RoomsCommand.self, RoomsAddCommand.self, RoomsRemoveCommand.self,
        ListCreateCommand.self, WatchCommand.self, UnwatchCommand.self,
        BanCommand.self, UnbanCommand.self, RulesCommand.self, RulesMatchingCommand.self,
        KickCommand.self, ResolveCommand.self,
        PauseCommand.self, ResumeCommand.self, HeldCommand.self, ReleaseCommand.self,
    ]

    private static let missing: [CommandDescription] = [
        "alias add", "alias move", "alias remove", "avatar", "deactivate", "displayname", "hijack room", "import",
        "joinwave status", "policy remove", "powerlevel", "protections", "protections capability",
        "protections capability reset", "protections config add", "protections config remove",
        "protections config reset",
        "protections config set", "protections disable", "protections enable", "protections show", "redact",
        "rules matching members", "safe mode", "shutdown room", "suspend", "takedown", "unrestrict",
    ].map { path in
        CommandDescription(path, "not in this version", arguments: [RestOfText("arguments", "anything")])
    }
}
