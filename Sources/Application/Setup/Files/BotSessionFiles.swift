import JSON
package import Moderation
package import Observability

/// Which credential the bot acts with, and which password is at hand: one answer for the bot, setup and doctor.
package struct BotSessionFiles: Sendable {
    private let settings: BotSettings
    private let accessTokenFile: String?
    private let files: any Files

    package init(_ settings: BotSettings, accessTokenFile: String?, _ files: any Files) {
        self.settings = settings
        self.accessTokenFile = accessTokenFile
        self.files = files
    }

    /// What became of a token, whichever it was.
    package func saved() throws(FileFailure) -> SavedSession? { try files.savedSession(in: settings.dataPath) }

    /// Nil where nothing is configured, and before the first login through Pantalaimon.
    package func credential() throws(FileFailure) -> Credential? {
        settings.credential(try saved()) ?? originalToken.map { Credential(token: $0) }
    }

    /// Where setup keeps the password of an account that it has made: beside the token.
    package var passwordFile: String? {
        guard !settings.pantalaimon.isUsed, let accessTokenFile else { return nil }
        let slash = accessTokenFile.utf8.lastIndex(of: UInt8(ascii: "/"))
        return (slash.map { String(accessTokenFile[...$0]) } ?? "") + SetupFolder.passwordFile
    }

    /// Read anew each time: whoever takes the password's file away means it.
    package func password() -> Secret? {
        if settings.pantalaimon.isUsed { return settings.pantalaimon.password }
        guard let passwordFile else { return nil }
        return ((try? files.read(passwordFile, atMost: 1 << 16)) ?? nil)?.firstLine.map { Secret($0) }
    }

    package var tokenPlace: TokenPlace {
        if let saved = (try? saved()) ?? nil, saved.credential(from: settings.sessionOrigin) != nil {
            return .session(SavedSession.path(in: settings.dataPath))
        }
        if settings.pantalaimon.isUsed { return .pantalaimon }
        return accessTokenFile.map { .file($0) } ?? .configuration
    }

    /// What the original has kept of its login through Pantalaimon, so that taking over needs no second one.
    private var originalToken: Secret? {
        guard settings.pantalaimon.isUsed,
            let file = (try? files.read(settings.dataPath + "/bot.json", atMost: 1 << 26)) ?? nil,
            let json = try? JSONValue(parsing: file.bytes.span),
            case .string(let token)? = json["kvStore"]?["pantalaimon_access_token"], !token.isEmpty
        else { return nil }
        return Secret(token)
    }
}
