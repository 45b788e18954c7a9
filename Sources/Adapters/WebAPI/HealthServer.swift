import HTTPServer
package import Lifecycle
package import Moderation
package import Observability

/// Tells monitors how the bot is, from before it is ready until it has stopped.
package struct HealthServer: Service {
    /// The port in use, also where the settings ask for any.
    package var port: UInt16 { server.port }

    private let server: HTTPServer

    /// Opens the port at once: a monitor that comes early waits, and a port in use is known before anything else begins.
    ///
    /// - Throws: `ListenError`, with the keys to change.
    package init(
        _ settings: BotSettings.Health,
        health: HealthState,
        metrics: MetricsRegistry,
        log: Log
    ) throws(ListenError) {
        var limits = HTTPServerLimits()
        limits.connections = 64  // monitors are few: a guess
        limits.surplusConnections = 8
        limits.handlerTime = .seconds(5)
        limits.drainTime = .seconds(1)
        let routes = HealthRoutes(
            healthyStatus: settings.healthyStatus,
            unhealthyStatus: settings.unhealthyStatus,
            health: health,
            metrics: metrics
        )
        server = try HTTPServer.listening(
            at: ListenPlace(address: settings.address, port: settings.port, section: "health.healthz"),
            limits: limits,
            log: { log.write($0) },
            handler: routes.handler
        )
    }

    package func run(until shutdown: ShutdownRequest) async throws {
        try await server.run(until: shutdown.wait)
    }
}
