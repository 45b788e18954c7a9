import Moderation

extension ConfigurationKey {
    /// Commands, and what is said and logged.
    static let talk: [ConfigurationKey] = [
        .init(
            "commands.allowNoPrefix",
            .flag,
            \.commands.allowsNoPrefix,
            "Whether !ban works like !draupnir ban."
        ),
        .init(
            "commands.symbolPrefixes",
            .list(of: .word, "words"),
            \.commands.symbolPrefixes,
            "What a command begins with."
        ),
        .init(
            "commands.additionalPrefixes",
            .list(of: .word, "words"),
            \.commands.additionalPrefixes,
            "Names that the bot answers to besides its own."
        ),
        .init(
            ignored: "commands.features",
            .list(of: .text, "texts"),
            "every command is there where the bot's account may use it",
            "Groups of commands."
        ),
        .init(
            "commands.ban.defaultReasons",
            .list(of: .filledText, "texts that are not empty"),
            \.commands.defaultBanReasons,
            "Reasons offered where a ban has none."
        ),
        .init(
            "pollReports",
            .flag,
            \.reports.polls,
            status: .unbuilt(
                "Reports are not fetched from Synapse; they do not reach this room.",
                when: \.reports.polls
            ),
            "Whether reports are fetched from Synapse."
        ),
        .init("displayReports", .flag, \.reports.displays, "Whether reports are shown in the management room."),
    ]
}
