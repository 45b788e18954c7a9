import Moderation

extension DoctorFacts {
    /// HK: what the homeserver is to send, as far as it is built.
    var hookChecks: [CheckResult] { [antispam, reports] }

    private var antispam: CheckResult {
        guard settings.web.usesAntispam else { return .ok("HK-2", "web.synapseHTTPAntispam", "is off") }
        if !settings.web.isEnabled {
            return .fail(
                "HK-2",
                "web.synapseHTTPAntispam",
                "is on, but web.enabled is off: Synapse would refuse every invitation",
                cure: ["set web.enabled to true, or take the module out of Synapse"]
            )
        }
        return .warn(
            "HK-2",
            "web.synapseHTTPAntispam",
            "is not in this version",
            cure: ["take the module out of Synapse's configuration"]
        )
    }

    private var reports: CheckResult {
        guard settings.web.acceptsAbuseReports || settings.reports.polls else {
            return .ok("HK-6", "reports", "are not asked for")
        }
        return .warn(
            "HK-6",
            "reports",
            "do not reach the bot in this version",
            cure: ["read them in the homeserver's own list"]
        )
    }
}
