import CommandGrammar

/// A few of the bot's commands, as their declarations will look.
enum Kick {
    static let user = Parameter("user", .userOrGlob, "Whom to kick")
    static let reason = RestOfText("reason", "Why")
    static let dryRun = Flag("dry-run", "Only says what would be done")
    static let glob = Flag("glob", "Takes the user for a glob")
    static let room = Option("room", .room, "Only in this room")
    static let description = CommandDescription(
        "kick",
        "Kicks a user from the protected rooms",
        arguments: [user, dryRun, glob, room, reason],
        examples: ["kick @spam:example.org spam"]
    )
}

enum Ban {
    static let entity = Parameter("entity", .entity, "Whom or what to ban")
    static let list = Parameter("list", .list, "The policy list to write to", isPrompted: true)
    static let reason = RestOfText("reason", "Why", isPrompted: true)
    static let description = CommandDescription("ban", "Bans an entity", arguments: [entity, list, reason])
}

enum Unban {
    static let entity = Parameter("entity", .entity, "Whom or what to unban")
    static let legacy = OptionalParameter("true", .boolean, "Ignored")
    static let noConfirm = Flag("no-confirm", "Does not ask")
    static let description = CommandDescription(
        "unban",
        "Lifts a ban",
        arguments: [entity, legacy, noConfirm],
        aliases: ["pardon"]
    )
}

enum Powerlevel {
    static let user = Parameter("user", .user, "Whose level")
    static let level = Parameter("level", .integer(in: -100...100), "The new level")
    static let rooms = RestOfWords("rooms", .room, "Where; everywhere if none is named")
    static let description = CommandDescription("powerlevel", "Sets a level", arguments: [user, level, rooms])
}

enum Bare {
    static let status = CommandDescription("status", "Tells how the bot is")
    static let rooms = CommandDescription("rooms", "Lists rooms")
    static let add = CommandDescription(
        "rooms add",
        "Protects a room",
        arguments: [Parameter("room", .room, "The room")]
    )
    static let rules = CommandDescription("rules", "Lists rules")
    static let matching = CommandDescription(
        "rules matching",
        "Lists rules about an entity",
        arguments: [Parameter("entity", .entity, "The entity")]
    )
    static let members = CommandDescription("rules matching members", "Lists rules about members")
    static let create = CommandDescription("list create", "Makes a list")
    static let enable = CommandDescription(
        "protections enable",
        "Turns a protection on",
        arguments: [Parameter("name", .text, "The protection")]
    )
}

let allCommands = [
    Kick.description, Ban.description, Unban.description, Powerlevel.description, Bare.status, Bare.rooms, Bare.add,
    Bare.rules, Bare.matching, Bare.members, Bare.create, Bare.enable,
]

extension CommandDescription {
    func parse(_ text: String) throws(ArgumentError) -> ParsedArguments {
        try parse(CommandText(text[...]).tokens)
    }
}
