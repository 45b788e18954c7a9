package import HTTPClient
import JSON
package import MatrixCore
package import Setup

/// Homeservers over HTTP, for setup and doctor.
package struct HTTPHomeservers: Homeservers {
    let http: HTTPClient
    let rehearsal: Rehearsal?
    let userAgent: String

    /// `http` stays the caller's to shut down; with a rehearsal nothing is changed anywhere.
    package init(http: HTTPClient, version: String, rehearsal: Rehearsal? = nil) {
        self.http = http
        userAgent = "Draupnir-Swift/\(version)"
        self.rehearsal = rehearsal
    }

    package func homeserver(
        at baseURL: String,
        named name: ServerName?,
        following tokens: (any TokenSuccession)?
    ) -> any SetupHomeserver {
        var client = client(at: baseURL, named: name)
        client.tokens = tokens
        return client
    }

    /// Redirects are followed, as the specification asks; a web page in its place means that there is none.
    package func clientURL(of host: String) async throws(ServerFailure) -> String? {
        let client = client(at: "https://\(host)", named: nil)
        let endpoint = Endpoint(.get, of: "/.well-known/matrix/client", [])
        do throws(ServerFailure) {
            let answer = try await client.exchange(endpoint, as: nil, followingRedirects: 4).checked()
            guard case .string(let url)? = answer["m.homeserver"]?["base_url"] else {
                throw ServerFailure(client.name(endpoint), .incomplete("m.homeserver.base_url"))
            }
            return url
        } catch {
            if case .webPage = error.reason { return nil }
            if case .nobodyThere = error.reason { return nil }
            if error.status == 404 { return nil }
            throw error
        }
    }

    private func client(at baseURL: String, named name: ServerName?) -> ServerClient {
        ServerClient(
            baseURL: baseURL,
            serverName: name,
            http: http,
            userAgent: userAgent,
            rehearsal: rehearsal
        )
    }
}
