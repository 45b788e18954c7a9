import Configuration
import HTTPClient
import JSON
import MatrixClient
import MatrixCore
import Moderation
import Observability
import Setup

/// Which session the bot goes on with.
struct BotSession {
    let settings: BotSettings
    let secrets: SecretFiles
    let http: HTTPClient
    let time: SystemTime

    func keeper() throws -> SessionKeeper {
        guard let origin = settings.sessionOrigin else { throw StartFailure.tokenRejected("none is configured") }
        let file = SessionFile(dataPath: settings.dataPath, password: password)
        return SessionKeeper(
            settings.credential(try file.load()) ?? originalToken.map { Credential(token: $0) },
            from: origin,
            username: settings.pantalaimon.isUsed ? settings.pantalaimon.username : nil,
            issuer: HTTPTokenIssuer(baseURL: settings.homeserverURL, http: http, version: programVersion) { [time] in
                time.now().wallMilliseconds
            },
            store: file,
            time: time
        )
    }

    /// Pantalaimon's is configured; setup keeps the password of an account that it made beside the token.
    private var password: @Sendable () -> Secret? {
        if settings.pantalaimon.isUsed { return { [settings] in settings.pantalaimon.password } }
        guard let tokenFile = secrets.accessToken else { return { nil } }
        let folder = tokenFile.utf8.lastIndex(of: UInt8(ascii: "/")).map { String(tokenFile[...$0]) } ?? ""
        return { Self.secret(in: folder + SetupFolder.passwordFile) }
    }

    private static func secret(in path: String) -> Secret? {
        ((try? SystemFiles().read(path, atMost: 1 << 16)) ?? nil)?.firstLine.map { Secret($0) }
    }

    /// What the original has kept of its login through Pantalaimon, so that taking over needs no second one.
    private var originalToken: Secret? {
        let path = settings.dataPath + "/bot.json"
        guard let file = (try? SystemFiles().read(path, atMost: 1 << 26)) ?? nil,
            let json = try? JSONValue(parsing: file.bytes.span),
            case .string(let token)? = json["kvStore"]?["pantalaimon_access_token"], !token.isEmpty
        else { return nil }
        return Secret(token)
    }
}
