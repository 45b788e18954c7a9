import MatrixCore
import Moderation

extension DoctorFacts {
    /// NET: finding and reaching the server.
    var networkChecks: [CheckResult] {
        guard let server else {
            let failure = serverFailure ?? ServerFailure("GET /_matrix/client/versions", .cancelled)
            let cause = "it does not answer as a homeserver: \(failure.cause)"
            return [.fail("NET-1", baseURL, cause, cure: failure.cure(at: baseURL))]
        }
        return [address(server), detours, adminAPI(server), clock(server), software(server)]
    }

    private func address(_ server: ServerFacts) -> CheckResult {
        if isExposed(baseURL) {
            return .warn(
                "NET-1",
                baseURL,
                "plain HTTP to another machine: the token can be read on the way",
                cure: ["use https://"]
            )
        }
        guard let wellKnownURL, wellKnownURL != baseURL else { return .ok("NET-1", baseURL, "answers as a homeserver") }
        return .ok("NET-1", baseURL, "answers as a homeserver; other clients are told \(wellKnownURL)")
    }

    private var detours: CheckResult {
        if settings.pantalaimon.isUsed {
            guard settings.rawHomeserverURL == baseURL else {
                return .ok("NET-2", baseURL, "is Pantalaimon's; the homeserver is at \(settings.rawHomeserverURL)")
            }
            return .warn(
                "NET-2",
                "rawHomeserverUrl",
                "it is Pantalaimon's address, as homeserverUrl is",
                cure: ["set rawHomeserverUrl to the homeserver's own address"]
            )
        }
        let raw = settings.rawHomeserverURL
        guard raw != baseURL, raw != "http://localhost:8008" else {
            return .ok("NET-2", baseURL, "the one address for everything")
        }
        return .warn(
            "NET-2",
            "rawHomeserverUrl",
            "it is \(raw), while homeserverUrl is \(baseURL): two addresses of one server",
            cure: ["give both the same URL, unless a proxy stands before one of them"]
        )
    }

    private func adminAPI(_ server: ServerFacts) -> CheckResult {
        if server.flavour == .synapse { return .ok("NET-3", baseURL, "Synapse's admin API can be reached") }
        guard server.flavour == .other else {
            return .ok("NET-3", baseURL, "\(server.flavour.rawValue) has no admin API of Synapse's")
        }
        let cause = server.adminAPITrouble.map { ": \($0.cause)" } ?? ""
        return .warn(
            "NET-3",
            "\(baseURL)/_synapse/admin",
            "the admin API does not answer there\(cause); if the server is Synapse, a proxy hides it",
            cure: [
                "set homeserverUrl to Synapse's own address, such as http://localhost:8008, or let the proxy pass it on for the"
                    + " bot; nginx:",
                "    location /_synapse/admin { allow 127.0.0.1; deny all; proxy_pass http://127.0.0.1:8008; }",
            ]
        )
    }

    private func clock(_ server: ServerFacts) -> CheckResult {
        let skew = server.versions.clockSkew.map { $0.components.seconds } ?? 0
        let slowest = max(server.versions.latency, identityLatency)
        if abs(skew) > 60 {
            let cause = "this machine's clock is \(abs(skew)) s \(skew > 0 ? "behind" : "ahead of") the server's"
            return .warn("NET-4", baseURL, cause, cure: ["set the clocks:", "    timedatectl set-ntp true"])
        }
        if slowest > .seconds(2) {
            return .warn(
                "NET-4",
                baseURL,
                "the server takes \(slowest.milliseconds) ms for a simple answer",
                cure: ["look at the server's load; the bot waits, but bans come later"]
            )
        }
        return .ok("NET-4", baseURL, "answers in \(slowest.milliseconds) ms, clocks \(abs(skew)) s apart")
    }

    private func software(_ server: ServerFacts) -> CheckResult {
        if server.flavour == .other {
            return .warn(
                "NET-5",
                baseURL,
                "which software this is could not be told",
                cure: ["nothing: the bot uses what every server has"]
            )
        }
        if let user, hasStateAfter == false {
            return .warn(
                "NET-5",
                server.summary,
                "MSC4222 is off for the bot: after a gap in sync it reads rooms anew",
                cure: AdminLines.forAdmin(
                    [AdminLines.enable(feature: SwitchOnFeatures.stateAfter, for: user, at: adminURL)],
                    isDelegated: server.isDelegated
                ),
                fix: canAdminister ? .enableFeature(SwitchOnFeatures.stateAfter, for: user) : nil
            )
        }
        return .ok("NET-5", baseURL, ([server.summary] + abilities(server)).joined(separator: "; "))
    }

    /// What differs between servers, and what the bot does about it.
    private func abilities(_ server: ServerFacts) -> [String] {
        switch server.flavour {
        case .synapse:
            return ["admin API", hasStateAfter == true ? "MSC4222 on" : "MSC4222 unknown"]
                + (server.isDelegated ? ["admin rights by the token's scope"] : [])
        case .dendrite:
            return [
                "no MSC4222 (rooms are read anew after a gap)", "no admin API but registration and reports",
                "tokens neither end nor are renewed",
            ]
        case .conduit: return ["no MSC4222 (rooms are read anew after a gap)", "no admin API of Synapse's"]
        case .other: return []
        }
    }
}
