package import MatrixCore
import Observability

extension ServerFacts {
    /// Asks what anybody may ask; only a server that does not answer at all is a failure.
    package init(asking homeserver: any SetupHomeserver, named name: ServerName?) async throws(ServerFailure) {
        self.init(baseURL: homeserver.baseURL, serverName: name)
        versions = try await homeserver.versions()
        await readSoftware(homeserver)
        do throws(ServerFailure) {
            loginFlows = try await homeserver.loginFlows()
        } catch {
            isLoginUnrouted = error.isUnrecognized || error.status == 404
        }
        do throws(ServerFailure) {
            authentication = try await homeserver.authenticationMetadata()
        } catch {
            authenticationTrouble = error
        }
    }

    private mutating func readSoftware(_ homeserver: any SetupHomeserver) async {
        do throws(ServerFailure) {
            version = printable(try await homeserver.synapseVersion(), limit: 60)
            flavour = .synapse
            return
        } catch {
            adminAPITrouble = error
        }
        if let software = try? await homeserver.federationSoftware() {
            version = printable(software.version, limit: 60)
            flavour = Self.flavour(of: software.name)
        } else if let header = versions.serverHeader {
            flavour = Self.flavour(of: header)
        }
    }
}
