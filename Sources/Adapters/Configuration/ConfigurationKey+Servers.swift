import Moderation

extension ConfigurationKey {
    /// What listens: health, and what homeservers call.
    static let servers: [ConfigurationKey] = [
        .init("health.healthz.enabled", .flag, \.health.isEnabled, "Whether health and metrics are served."),
        .init("health.healthz.port", .port, \.health.port, "The port of the health server."),
        .init(
            "health.healthz.address",
            .filledText,
            \.health.address,
            "The address that the health server listens on."
        ),
        .init(
            ignored: "health.healthz.endpoint",
            .text,
            "every path but /metrics answers",
            "The path that tells the bot's health."
        ),
        .init("health.healthz.healthyStatus", .status, \.health.healthyStatus, "The HTTP status while all is well."),
        .init("health.healthz.unhealthyStatus", .status, \.health.unhealthyStatus, "The HTTP status while it is not."),
        .init(
            SecretKey.sentryDSN,
            .secret,
            \.health.sentryDSN,
            status: .unbuilt(
                "Errors are not sent to Sentry; they are in the log.",
                when: { $0.health.sentryDSN != nil }
            ),
            "Where Sentry takes errors."
        ),
        .init(
            "health.sentry.tracesSampleRate",
            .fraction,
            \.health.sentryTracesSampleRate,
            "The share of work that Sentry is told about."
        ),
        .init("web.enabled", .flag, \.web.isEnabled, "Whether the web API is served."),
        .init("web.port", .port, \.web.port, "The port of the web API."),
        .init("web.address", .filledText, \.web.address, "The address that the web API listens on."),
        .init(
            "web.abuseReporting.enabled",
            .flag,
            \.web.acceptsAbuseReports,
            status: .unbuilt(
                "Reports that a proxy forwards are not taken; they do not reach this room.",
                when: { $0.web.isEnabled && $0.web.acceptsAbuseReports }
            ),
            "Whether reports that a proxy forwards are taken."
        ),
        .init(
            "web.synapseHTTPAntispam.enabled",
            .flag,
            \.web.usesAntispam,
            status: .refused(
                "This version does not answer Synapse's antispam module, which then refuses every invitation and join"
                    + " on the homeserver.",
                remedy: "set it to false and take the module out of Synapse's configuration",
                when: { $0.web.isEnabled && $0.web.usesAntispam }
            ),
            "Whether Synapse's antispam module is answered."
        ),
        .init(
            SecretKey.antispamAuthorization,
            .secret,
            \.web.antispamAuthorization,
            "The secret that the antispam module shows."
        ),
    ]
}

extension ValueType<Int> {
    fileprivate static let status = integer(200...599)
}
