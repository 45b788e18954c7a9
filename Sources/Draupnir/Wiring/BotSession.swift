import Configuration
import HTTPClient
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
        let files = BotSessionFiles(settings, accessTokenFile: secrets.accessToken, SystemFiles())
        let credential: Credential?
        do throws(FileFailure) { credential = try files.credential() } catch { throw SessionProblem(error) }
        return SessionKeeper(
            credential,
            from: origin,
            username: settings.pantalaimon.isUsed ? settings.pantalaimon.username : nil,
            issuer: HTTPTokenIssuer(baseURL: settings.homeserverURL, http: http, version: programVersion) { [time] in
                time.now().wallMilliseconds
            },
            store: SessionFile(dataPath: settings.dataPath, password: { files.password() }),
            time: time
        )
    }
}
