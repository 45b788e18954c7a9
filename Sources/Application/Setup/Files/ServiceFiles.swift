package import Moderation

/// The files beside the configuration that a machine's administrator installs.
package struct ServiceFiles: Sendable {
    package let unit: SystemdUnit
    package let proxy: ProxySnippets

    /// `program` and the paths are from `/` on.
    package init(settings: BotSettings, program: String, configuration: String, accessTokenFile: String, user: String) {
        unit = SystemdUnit(
            program: program,
            configuration: configuration,
            accessTokenFile: accessTokenFile,
            passwordFile: SetupFolder(of: configuration).password,
            dataPath: settings.dataPath,
            user: user
        )
        func place(_ address: String, _ port: UInt16) -> String {
            let local = ["0.0.0.0", "::", "localhost"].contains(address) ? "127.0.0.1" : address
            return local.contains(":") ? "[\(local)]:\(port)" : "\(local):\(port)"
        }
        let (web, health) = (settings.web, settings.health)
        proxy = ProxySnippets(
            homeserver: settings.homeserverURL,
            webAddress: web.isEnabled && web.acceptsAbuseReports ? place(web.address, web.port) : nil,
            healthAddress: health.isEnabled ? place(health.address, health.port) : nil
        )
    }

    /// By name.
    package var texts: [(name: String, text: String)] {
        [("draupnir.service", unit.text), ("nginx.conf", proxy.nginx), ("Caddyfile", proxy.caddy)]
    }
}
