import Glibc
import HTTPClient
import JSON
import Setup

extension ServerClient: ServerDiscovery {
    func versions() async throws(ServerFailure) -> ServerVersions {
        let start = ContinuousClock.now
        let exchange = try await exchange(Endpoint(.get, of: "/_matrix/client/versions", []), as: nil)
        let latency = ContinuousClock.now - start
        let answer = try exchange.checked()
        guard case .array(let list)? = answer["versions"] else {
            throw ServerFailure(exchange.request, .incomplete("versions"))
        }
        let skew = exchange.headers["Date"].flatMap(secondsSinceEpoch).map { Duration.seconds($0 - Int64(time(nil))) }
        return ServerVersions(
            versions: list.compactMap(\.string),
            clockSkew: skew,
            latency: latency,
            serverHeader: exchange.headers["Server"]
        )
    }

    func synapseVersion() async throws(ServerFailure) -> String {
        let endpoint = Endpoint(.get, of: Self.adminAPI1, ["server_version"])
        guard let version = try await read(endpoint)["server_version"]?.string else {
            throw ServerFailure(name(endpoint), .incomplete("server_version"))
        }
        return version
    }

    func federationSoftware() async throws(ServerFailure) -> ServerSoftware {
        let endpoint = Endpoint(.get, of: "/_matrix/federation/v1/version", [])
        let server = try await read(endpoint)["server"]
        guard let name = server?["name"]?.string else {
            throw ServerFailure(self.name(endpoint), .incomplete("server"))
        }
        return ServerSoftware(name: name, version: server?["version"]?.string ?? "")
    }

    func loginFlows() async throws(ServerFailure) -> [LoginFlow] {
        let endpoint = Endpoint(.get, ["login"])
        guard case .array(let flows)? = try await read(endpoint)["flows"] else {
            throw ServerFailure(name(endpoint), .incomplete("flows"))
        }
        return flows.compactMap { flow in
            guard let type = flow["type"]?.string else { return nil }
            let marks = [
                "org.matrix.msc3824.delegated_oidc_compatibility", "oauth_aware_preferred",
                "delegated_oidc_compatibility",
            ]
            return LoginFlow(type, isDelegated: marks.contains { flow[$0] == true })
        }
    }

    func authenticationMetadata() async throws(ServerFailure) -> AuthenticationMetadata? {
        let places = ["/_matrix/client/v1", "/_matrix/client/unstable/org.matrix.msc2965"]
        for place in places {
            do throws(ServerFailure) {
                let answer = try await read(Endpoint(.get, of: place, ["auth_metadata"]))
                guard let issuer = answer["issuer"]?.string else {
                    throw ServerFailure("GET \(place)/auth_metadata", .incomplete("issuer"))
                }
                let metadata = AuthenticationMetadata(
                    issuer: issuer,
                    tokenEndpoint: answer["token_endpoint"]?.string,
                    registrationEndpoint: answer["registration_endpoint"]?.string,
                    revocationEndpoint: answer["revocation_endpoint"]?.string,
                    deviceEndpoint: answer["device_authorization_endpoint"]?.string
                )
                guard metadata.isSound else {
                    throw ServerFailure("GET \(place)/auth_metadata", .incomplete("addresses of the web"))
                }
                return metadata
            } catch {
                guard let status = error.status, (400..<500).contains(status), status != 429 else { throw error }
            }
        }
        return nil
    }
}

/// `Sun, 06 Nov 1994 08:49:37 GMT`.
///
/// - Source: RFC 9110, section 5.6.7, IMF-fixdate.
private func secondsSinceEpoch(_ date: String) -> Int64? {
    let words = date.split(separator: " ")
    let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
    guard words.count == 6, let day = Int32(words[1]), let month = months.firstIndex(of: String(words[2])),
        let year = Int32(words[3]), (1...31).contains(day), (1970...9_999).contains(year)
    else { return nil }
    let clock = words[4].split(separator: ":").compactMap { Int32($0) }
    guard clock.count == 3, clock.allSatisfy({ (0...60).contains($0) }) else { return nil }
    var parts = unsafe tm()
    unsafe parts.tm_mday = day
    unsafe parts.tm_mon = Int32(month)
    unsafe parts.tm_year = year - 1900
    unsafe (parts.tm_hour = clock[0])
    unsafe (parts.tm_min = clock[1])
    unsafe (parts.tm_sec = clock[2])
    return Int64(unsafe timegm(&parts))
}
