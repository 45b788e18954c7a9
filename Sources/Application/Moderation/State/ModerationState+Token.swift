import Commands
import MatrixCore

/// What is told of the bot's own access token.
extension ModerationState {
    mutating func take(_ standing: TokenStanding) {
        token = standing
        let isDue = tokenWarning != nil
        defer { hasWarnedOfToken = isDue }
        switch (hasWarnedOfToken, isDue) {
        case (false, true):
            guard let warning = tokenWarning else { return }
            tell("\(warning) Without a token I can do nothing and end. \(Self.tokenCure)", .problem)
        case (true, false): tell("My access token was renewed.", .problem)
        case (false, false), (true, true): break
        }
    }

    private static let tokenCure =
        "Look at the homeserver's authentication service, or log in anew with draupnir login, then restart me."

    /// A sentence where a fifth of the token's life or less is left; nil where nobody need worry.
    var tokenWarning: String? {
        guard let life = token?.life, now.wallMilliseconds >= life.warningDue else { return nil }
        let left = Duration.milliseconds(max(0, life.end - now.wallMilliseconds))
        let end = left > .zero ? "ends in \(brief(left))" : "has ended"
        let trouble = token?.trouble.map { "could not be renewed: \($0)" } ?? "is not renewed"
        return "My access token \(end) and \(trouble)."
    }
}
