import MatrixCore
import Moderation
import Observability

/// Looks at everything that the bot depends on, beside a running bot or without one.
package struct Doctor: Sendable {
    let tools: SetupTools
    let configurationPath: String
    let accessTokenFile: String?
    let adminTokenFile: String?

    /// Secret files that are not named are looked for where setup puts them, beside the configuration.
    package init(
        _ tools: SetupTools,
        configuration: String,
        accessTokenFile: String? = nil,
        adminTokenFile: String? = nil
    ) {
        self.tools = tools
        configurationPath = configuration
        self.accessTokenFile = accessTokenFile
        self.adminTokenFile = adminTokenFile
    }

    /// Only reads; with `readsRooms` false it leaves the rooms' states alone, which a running bot knows better.
    package func facts(readsRooms: Bool = true) async -> DoctorFacts {
        var facts = readFiles()
        guard facts.configuration.isRead else { return facts }
        let homeserver = homeserver(at: facts.settings.homeserverURL)
        do throws(ServerFailure) {
            facts.server = try await ServerFacts(asking: homeserver, named: nil)
        } catch {
            facts.serverFailure = error
            return facts
        }
        facts.proxyRefusals = await proxyRefusals(homeserver)
        guard let token = facts.token else { return facts }
        await readAccount(&facts, homeserver, token)
        guard let user = facts.user else { return facts }
        await readAdministration(&facts, token, user)
        guard readsRooms else { return facts }
        await readRooms(&facts, homeserver, token, user)
        return facts
    }

    func homeserver(at url: String) -> any SetupHomeserver { tools.homeservers.homeserver(at: url, named: nil) }

    private func proxyRefusals(_ homeserver: any SetupHomeserver) async -> Int {
        var refusals = 0
        for _ in 0..<10 {
            do throws(ServerFailure) { _ = try await homeserver.versions() } catch {
                if [.some(429), 403, 503].contains(error.status), error.code == nil { refusals += 1 }
            }
        }
        return refusals
    }
}
