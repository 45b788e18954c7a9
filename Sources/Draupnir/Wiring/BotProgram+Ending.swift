import Configuration
import Lifecycle
import Moderation
import Setup
import Storage
import WebAPI

extension BotProgram {
    /// What the program ends with, and why, for whoever reads the journal.
    func explain(_ error: any Error, _ settings: BotSettings) -> (ExitCode, String) {
        switch error {
        case StartFailure.tokenRejected(let text):
            (
                .token,
                BotSessionFiles(settings, accessTokenFile: secrets.accessToken, SystemFiles()).rejection(
                    saying: text,
                    configuration: file,
                    cure: settings.tokenCure
                )
            )
        case let session as SessionProblem:
            (
                .database,
                "\(session.text). The access token that the bot has renewed is in there: let the bot's account read it; or, where it "
                    + "is lost, log in anew with draupnir login and take that file away."
            )
        case StartFailure.managementRoom(let text): (.managementRoom, text)
        case StartFailure.otherAccount(let stored, let now):
            (
                .configuration,
                "The data path belongs to \(stored), and the access token to \(now). Give each account a dataPath of its own."
            )
        case StartFailure.noHomeserver(let text): (.homeserver, text)
        case let unavailable as StoreUnavailable: (.database, "The database cannot be written: \(unavailable.reason)")
        case let listen as ListenError: (.port, listen.message)
        case let storage as StorageError:
            if case .secondInstance = storage { (.secondInstance, "\(storage)") } else { (.database, "\(storage)") }
        case is GraceExceeded:
            (.notDrained, "Not everything ended within 20 seconds; what was left is done at the next start.")
        case is CancellationError: (.success, "interrupted")
        default: (.failure, "\(error)")
        }
    }
}
