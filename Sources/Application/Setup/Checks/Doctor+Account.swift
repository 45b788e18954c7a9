import MatrixCore
import Moderation
import Observability

/// What the homeserver tells of the account and its rights.
extension Doctor {
    func readAccount(_ facts: inout DoctorFacts, _ homeserver: any SetupHomeserver, _ token: Secret) async {
        let start = tools.clock.now()
        do throws(ServerFailure) {
            let identity = try await homeserver.identity(token)
            facts.identity = identity
            facts.identityLatency = tools.clock.now() - start
            facts.devices = try? await homeserver.devices(token)
            facts.devicesWithKeys = try? await homeserver.devicesWithKeys(of: identity.user, token)
            if let found = (try? await tools.homeservers.clientURL(of: identity.user.server.host)) ?? nil {
                facts.wellKnownURL = HomeserverAddress.baseURL(in: found)
            }
        } catch {
            facts.identityFailure = error
        }
    }

    func readAdministration(_ facts: inout DoctorFacts, _ token: Secret, _ user: UserID) async {
        let homeserver = homeserver(at: facts.adminURL)
        if facts.server?.flavour == .dendrite {
            facts.isAdmin = try? await homeserver.hasAdminRights(user, on: .dendrite, token)
            // Its admins are never limited; of others it does not tell.
            if facts.isAdmin == true { facts.rateLimit = .lifted }
            return
        }
        guard facts.server?.flavour == .synapse else { return }
        facts.isAdmin = try? await homeserver.canAdminister(token)
        let separate = adminToken
        if let separate { facts.doesAdminTokenWork = (try? await homeserver.canAdminister(separate)) ?? false }
        let credential = facts.doesAdminTokenWork == true ? separate : facts.isAdmin == true ? token : nil
        guard let credential else { return }
        facts.record = try? await homeserver.account(user, credential)
        facts.rateLimit = try? await homeserver.rateLimit(of: user, credential)
        if let features = try? await homeserver.experimentalFeatures(of: user, credential) {
            facts.hasStateAfter = features[SwitchOnFeatures.stateAfter] ?? false
        }
    }
}
