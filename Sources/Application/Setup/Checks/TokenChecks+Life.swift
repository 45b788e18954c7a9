import Moderation

/// TOK-7 and TOK-8: how long the token lives, and what keeps it alive.
extension DoctorFacts {
    var refresh: CheckResult {
        if tokenKind == .refresh {
            return .fail(
                "TOK-7",
                place,
                "a refresh token is not an access token",
                cure: ["give the access token, or log in anew"]
            )
        }
        if let sessionFailure {
            return .fail(
                "TOK-7",
                sessionFailure.path,
                sessionFailure.problem,
                cure: ["let the bot's account read it; or, where it is lost, log in anew and take it away:"]
                    + logInLines
            )
        }
        switch credential?.renewal {
        case nil: return .ok("TOK-7", place, "nothing has to be renewed")
        case .matrix? where server?.isLoginUnrouted ?? false:
            return .fail(
                "TOK-7",
                place,
                "the token has to be renewed, and the homeserver's proxy does not pass /refresh on to the authentication service",
                cure: [ServiceCommands.routeCure]
            )
        case .matrix?, .oauth?:
            guard isStorageWritable else {
                return .fail(
                    "TOK-7",
                    settings.dataPath,
                    "renewed tokens cannot be kept there: after a restart the bot would be logged out",
                    cure: ["make the directory writable for the bot's account"]
                )
            }
            return .ok("TOK-7", place, "is renewed at half of its life; the new pair is kept before the old is dropped")
        }
    }

    var expiry: CheckResult {
        if let life = credential?.life { return ending(life) }
        switch tokenKind {
        case .synapse, .compatibility: return .ok("TOK-8", place, "does not expire by itself")
        case .personal:
            return .warn(
                "TOK-8",
                place,
                "a personal token ends when whoever issued it chose; one that setup had issued does not end by itself",
                cure: ["if others issued it, note the day, and have a new one issued before"]
            )
        case .shortLived:
            return .fail("TOK-8", place, "it dies within minutes", cure: ["log in for good:"] + logInLines)
        case .refresh, .placeholder, .malformed, .unknown: return .ok("TOK-8", place, "nothing is known of an end")
        }
    }

    private func ending(_ life: TokenLife) -> CheckResult {
        let seconds = (life.end - nowMilliseconds) / 1_000
        let rest = seconds < 0 ? "ended \(-seconds) s ago" : "ends in \(seconds) s"
        guard nowMilliseconds >= life.warningDue else { return .ok("TOK-8", place, rest) }
        if isRenewable {
            return .warn(
                "TOK-8",
                place,
                "it \(rest) and was not renewed",
                cure: [
                    "nothing, where the bot is not running; else look into its log, and at the authentication service"
                ]
            )
        }
        return .fail("TOK-8", place, "it \(rest), and cannot be renewed", cure: ["log in anew:"] + logInLines)
    }
}
