import MatrixCore

/// Finds the client URL, and what kind of server answers there.
package struct FindServer: SetupStep {
    package let name = "server"

    package init() {}

    package func plan(_ run: SetupRun) -> [String] { ["look for the homeserver \(run.wishes.homeserver ?? "")"] }

    package func perform(_ run: inout SetupRun, _ tools: SetupTools) async throws(StepFailure) -> [String] {
        // The dialogue looks for it before its questions.
        if let server = run.server { return ["found \(server.summary)"] }
        guard let text = run.wishes.homeserver else {
            throw .missing("homeserver", "the server's name, such as example.org, or the URL that clients connect to")
        }
        guard let address = HomeserverAddress(text) else {
            throw StepFailure(
                name,
                "--homeserver \(text) is neither a server name, nor a user ID, nor a URL",
                cure: "write example.org, @draupnir:example.org or https://matrix.example.org",
                kind: .usage
            )
        }
        if case .account(let user) = address, run.wishes.localpart == nil {
            run.wishes.localpart = String(user.localpart)
        }
        let url = try await clientURL(of: address, tools)
        guard !isExposed(url) || run.wishes.allowsPlainHTTP else {
            throw StepFailure(
                name,
                "\(url) is plain HTTP to another machine: the bot's password and token could be read on the way",
                cure: [
                    "use https://, or the homeserver's address on this machine",
                    "if the way is safe, give --allow-plain-http",
                ],
                kind: .refused
            )
        }
        try checkHome(url, address, run, tools)
        // A dry run needs some name for the account that it does not make.
        let guess = run.wishes.isDryRun ? run.wishes.managers.first?.server : nil
        let name = address.serverName ?? configuredName(run, tools)
        let homeserver = tools.homeservers.homeserver(at: url, named: name ?? guess)
        let facts: ServerFacts
        do throws(ServerFailure) {
            facts = try await ServerFacts(asking: homeserver, named: name)
        } catch {
            throw StepFailure(
                self.name,
                "\(url) does not answer as a homeserver (\(error.request)): \(error.cause)",
                cure: error.cure(at: url)
            )
        }
        run.homeserver = homeserver
        run.server = facts
        run.progress.baseURL = url
        return ["found \(facts.summary)"]
    }

    private func configuredName(_ run: SetupRun, _ tools: SetupTools) -> ServerName? {
        guard let path = run.wishes.homeserverConfig,
            let text = ((try? tools.files.read(path, atMost: 1 << 20)) ?? nil)?.text,
            let name = tools.configuration.serverName(inHomeserverConfiguration: text)
        else { return nil }
        return try? ServerName(parsing: name)
    }

    /// A name is looked up in its well-known file; without one, the name itself is tried.
    private func clientURL(of address: HomeserverAddress, _ tools: SetupTools) async throws(StepFailure) -> String {
        guard let server = address.serverName else {
            guard case .url(let url) = address else { return "" }
            return url
        }
        let fallback = "https://\(server)"
        do throws(ServerFailure) {
            guard let found = try await tools.homeservers.clientURL(of: server.host) else { return fallback }
            guard let url = HomeserverAddress.baseURL(in: found) else {
                throw ServerFailure(
                    "GET https://\(server.host)/.well-known/matrix/client",
                    .incomplete("a base_url that is a URL")
                )
            }
            return url
        } catch {
            throw StepFailure(
                name,
                "\(server) could not be asked where its clients connect (\(error.request)): \(error.cause)",
                cure: [
                    "check the name; where the server has no web site at that name, give the URL that clients connect to, such as"
                        + " https://matrix.\(server.host)",
                    probeLine("https://\(server.host)/.well-known/matrix/client"),
                ]
            )
        }
    }
}
