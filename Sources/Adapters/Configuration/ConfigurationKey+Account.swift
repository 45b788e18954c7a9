import Moderation

extension ConfigurationKey {
    /// The homeserver, the account and the data path.
    static let account: [ConfigurationKey] = [
        .init("homeserverUrl", .baseURL, \.homeserverURL, "Where the homeserver's client API answers."),
        .init(
            "rawHomeserverUrl",
            .baseURL,
            \.rawHomeserverURL,
            "The homeserver itself, where a proxy stands before it."
        ),
        .init(SecretKey.accessToken, .secret, \.accessToken, "The access token of the bot's account."),
        .init(
            "pantalaimon.use",
            .flag,
            \.pantalaimon.isUsed,
            "Whether to log in with a password through Pantalaimon."
        ),
        .init("pantalaimon.username", .text, \.pantalaimon.username, "The name to log in with through Pantalaimon."),
        .init(SecretKey.pantalaimonPassword, .secret, \.pantalaimon.password, "The password for Pantalaimon."),
        .init(
            "experimentalRustCrypto",
            .flag,
            \.usesRustCrypto,
            status: .refused(
                "This version cannot read encrypted rooms, so moderators in an encrypted management room would not be"
                    + " heard.",
                remedy: "set it to false and use a management room without encryption",
                when: \.usesRustCrypto
            ),
            "Whether to take part in encrypted rooms."
        ),
        .init("dataPath", .path, \.dataPath, "The directory of the bot's database."),
    ]
}
