import HTTPServer
import Moderation
import Observability

/// What the health server answers: metrics at one path, the bot's health at every other, whatever the method.
struct HealthRoutes: Sendable {
    /// A monitor has no reason to send more.
    private static let largestBody = 64 * 1024

    let healthyStatus: Int
    let unhealthyStatus: Int
    let health: HealthState
    let metrics: MetricsRegistry

    var handler: HTTPHandler {
        HTTPHandler { _ in .accept(bodyBytes: Self.largestBody, respond: { answer($0.head) }) }
    }

    private func answer(_ head: HTTPRequestHead) -> HTTPResponse {
        guard head.path == "/metrics", head.method == "GET" else {
            let status = health.isReady ? healthyStatus : unhealthyStatus
            let warning = health.warning.map { "\nwarning: \($0)" } ?? ""
            return .text("health code: \(status)\(warning)", status: status)
        }
        return HTTPResponse(
            status: 200,
            headers: ["Content-Type": "text/plain; version=0.0.4; charset=utf-8"],
            body: .bytes(Array(metrics.exposition.utf8))
        )
    }
}
