import Commands
import MatrixCore

/// What is told of the bot's own access token.
extension ModerationState {
    mutating func take(_ standing: TokenStanding) {
        token = standing
        if let why = standing.newLogin {
            tell(
                "I have logged in anew with the password: \(why). If nobody of you has logged me out, see who"
                    + " uses my account.",
                .problem
            )
        }
        switch (warnedOfToken, tokenWarning) {
        case (nil, let warning?):
            warnedOfToken = standing
            tell("\(warning) Without a token I can do nothing, and end. To mend it, \(settings.tokenCure).", .problem)
        case (let warned?, nil):
            warnedOfToken = nil
            tell(
                warned.life == standing.life
                    ? "My access token is in order again." : "I have a new access token, and all is well."
            )
        case (nil, nil), (_?, _?): break
        }
    }

    /// A sentence where a fifth of the token's life or less is left, or waiting does not help; nil where nobody need worry.
    var tokenWarning: String? {
        guard let token else { return nil }
        if case .keeping(let problem) = token.trouble {
            return "My new access token cannot be kept, and a restart would not find it: \(problem)."
        }
        guard let life = token.life else { return nil }
        let left = Duration.milliseconds(max(0, life.end - now.wallMilliseconds))
        let end = left > .zero ? "ends in \(brief(left))" : "has ended"
        switch token.trouble {
        case .renewing(.refused(let why)) where !why.isEmpty || now.wallMilliseconds >= life.warningDue:
            let reason = why.isEmpty ? "nothing is there to do it with" : why
            return "My access token \(end) and cannot be renewed: \(reason)."
        case .renewing(.unavailable(let why)) where now.wallMilliseconds >= life.warningDue:
            return "My access token \(end) and could not be renewed so far: \(why)."
        case .renewing, .keeping, nil:
            return nil
        }
    }
}
