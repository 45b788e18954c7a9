import Glibc
import Moderation
import YAML

/// What listens.
extension Consistency {
    mutating func checkServers() {
        let (health, web) = (settings.health, settings.web)
        if health.isEnabled { checkAddress(health.address, "health.healthz.address") }
        if web.isEnabled { checkAddress(web.address, "web.address") }
        if !web.isEnabled, web.acceptsAbuseReports { warnOfClosedWeb("web.abuseReporting.enabled") }
        if health.isEnabled, web.isEnabled, health.port == web.port, overlap(health.address, web.address) {
            findings.problem(
                "web.port",
                places["web.port"] ?? places["web.enabled"],
                "health.healthz.port and web.port are both \(web.port) on the same address",
                "give one of them another port"
            )
        }
        if health.isEnabled, health.healthyStatus == health.unhealthyStatus {
            let key = "health.healthz.unhealthyStatus"
            findings.warning(key, places[key], "it is the same as healthyStatus, so nobody can tell them apart")
        }
    }

    mutating func warnOfClosedWeb(_ key: String) {
        findings.warning(key, places[key], "it has no effect while web.enabled is false")
    }

    private mutating func checkAddress(_ address: String, _ key: String) {
        guard address != "localhost", !isNumericAddress(address) else { return }
        findings.problem(
            key,
            places[key],
            "expected localhost or a numeric address, found the text \(quoted(address))",
            "0.0.0.0 listens everywhere, 127.0.0.1 on this machine only"
        )
    }
}

private func isNumericAddress(_ text: String) -> Bool {
    var storage = in6_addr()
    return unsafe inet_pton(AF_INET, text, &storage) == 1 || inet_pton(AF_INET6, text, &storage) == 1
}

/// Whether two listeners on one port would be in each other's way.
private func overlap(_ left: String, _ right: String) -> Bool {
    func canonical(_ address: String) -> String { address == "localhost" ? "127.0.0.1" : address }
    let everywhere = ["0.0.0.0", "::"]
    return canonical(left) == canonical(right) || everywhere.contains(left) || everywhere.contains(right)
}
