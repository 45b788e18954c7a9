import Moderation

extension ConfigurationKey {
    /// What protections need to know.
    static let protections: [ConfigurationKey] = [
        .init(
            "protections.wordlist.words",
            .list(of: .filledText, "texts that are not empty"),
            \.protections.wordListWords,
            "Words that newcomers are banned for."
        ),
        .init(
            "protections.wordlist.minutesBeforeTrusting",
            .integer(0...5_256_000, of: "minutes"),
            \.protections.wordListMinutesBeforeTrusting,
            "How long a newcomer's words are watched; 0 for ever."
        ),
        .init(
            "protections.newJoinerProtection.serverNames",
            .list(of: .serverName, "server names"),
            \.protections.newJoinerServerNames,
            "Servers whose new members are banned."
        ),
        .init(
            "protections.newJoinerProtection.banMessage",
            .text,
            \.protections.newJoinerBanMessage,
            "The reason that such members are given."
        ),
    ]
}
