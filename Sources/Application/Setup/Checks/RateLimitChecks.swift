import MatrixCore

extension DoctorFacts {
    /// RL: the server's rate limits.
    var rateLimitChecks: [CheckResult] {
        guard let user, let server else { return [] }
        return [limited(user, server), override(user), joins(user), hosted(user, server), proxy]
    }

    private func liftLines(_ user: UserID) -> [String] {
        let line = AdminLines.liftRateLimit(user, at: adminURL)
        return canAdminister ? [line] : AdminLines.forAdmin([line], isDelegated: server?.isDelegated ?? false)
    }

    private func limited(_ user: UserID, _ server: ServerFacts) -> CheckResult {
        let fix: Fix? = canAdminister ? .liftRateLimit(user) : nil
        switch rateLimit {
        case .lifted: return .ok("RL-1", user.rawValue, "no rate limit applies")
        case .usual:
            return .warn(
                "RL-1",
                user.rawValue,
                "the server's rate limits apply: bans and redactions in many rooms go at its pace",
                cure: liftLines(user),
                fix: fix
            )
        case .changed:
            return .warn(
                "RL-1",
                user.rawValue,
                "the server's rate limits apply in part",
                cure: liftLines(user),
                fix: fix
            )
        case nil:
            if server.flavour == .dendrite {
                let cure = [
                    "see what its configuration says, and what to change there:",
                    "    draupnir ratelimit disable --homeserver-config dendrite.yaml",
                ]
                let cause = "Dendrite does not tell whether it limits the bot. \(LiftRateLimits.dendriteLimits)"
                return .warn("RL-1", user.rawValue, cause, cure: cure)
            }
            return .warn(
                "RL-1",
                user.rawValue,
                "whether the server limits the bot could not be read without admin rights",
                cure: server.flavour == .synapse
                    ? liftLines(user) : ["ask the server's admins"]
            )
        }
    }

    private func override(_ user: UserID) -> CheckResult {
        guard case .changed(let perSecond, let burst) = rateLimit else {
            return .ok("RL-2", user.rawValue, "no override that only looks like an exemption")
        }
        return .warn(
            "RL-2",
            user.rawValue,
            "an override of \(perSecond) a second and \(burst) at once changes sending only; 0 and 0 lift every limit",
            cure: liftLines(user),
            fix: canAdminister ? .liftRateLimit(user) : nil
        )
    }

    /// Twenty rooms is a guess at what passes Synapse's default burst of joins.
    private func joins(_ user: UserID) -> CheckResult {
        guard rateLimit != .lifted, protected.count > 20 else {
            return .ok("RL-3", user.rawValue, "joins and invites are no concern with \(protected.count) rooms")
        }
        return .warn(
            "RL-3",
            user.rawValue,
            "joins and invites have limits of their own, which \(protected.count) rooms pass",
            cure: ["lift the limits (RL-1), or add rooms a few at a time"]
        )
    }

    private func hosted(_ user: UserID, _ server: ServerFacts) -> CheckResult {
        guard rateLimit == nil, !canAdminister, server.flavour != .dendrite else {
            return .ok("RL-4", user.rawValue, "what limits there are can be changed")
        }
        return .warn(
            "RL-4",
            user.rawValue,
            "nobody here can change the server's limits: the bot keeps within them, and large waves take longer",
            cure: ["nothing; what waits, and how long, is shown in the management room by:", "    !draupnir status"]
        )
    }

    private var proxy: CheckResult {
        guard proxyRefusals > 0 else { return .ok("RL-5", baseURL, "nothing before the homeserver limits the bot") }
        return .warn(
            "RL-5",
            baseURL,
            "\(proxyRefusals) of 10 harmless requests were refused by something before the homeserver",
            cure: ["exempt the bot's address in that proxy or firewall"]
        )
    }
}
