import MatrixCore
import Moderation
import Observability

extension BotSessionFiles {
    /// Why the bot ends where its token is dead for good, and what helps; `words` are the homeserver's.
    package func rejection(saying words: String, configuration: String, cure: String) -> String {
        let told = words.isEmpty ? "" : " (\(printable(words, limit: 300)))"
        let isDelegated = isOfAuthenticationService
        return
            "The homeserver does not accept the access token \(tokenPlace.phrase(configuration: configuration))\(told): it is"
            + " wrong, has ended, or was revoked\(isDelegated ? ", or its account is locked" : ""). To go on, \(cure)."
            + (isDelegated ? " If the account is locked: \(unlocking)." : "")
    }

    private var unlocking: String {
        let user = ((try? credential()) ?? nil)?.user
        let line = ServiceCommands.standard.unlockLines(
            localpart: user.map { String($0.localpart) } ?? "LOCALPART",
            reactivates: false
        ).map { String($0.trimmingPrefix { $0 == " " }) }.joined(separator: "; ")
        return "run \(line) where the authentication service runs, wait two minutes, then start me again"
    }

    /// To the homeserver a locked account's token is one that it does not know.
    private var isOfAuthenticationService: Bool {
        guard let credential = (try? credential()) ?? nil else { return false }
        if case .oauth? = credential.renewal { return true }
        return [.shortLived, .compatibility, .personal].contains(TokenKind(credential.token))
    }
}
