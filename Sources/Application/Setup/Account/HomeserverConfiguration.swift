import Observability

/// The file of `--homeserver-config`: read, and never written.
struct HomeserverConfiguration {
    let path: String

    private var flag: String { "--homeserver-config \(printable(path))" }

    func text(_ tools: SetupTools, step: String = "account") throws(StepFailure) -> String {
        let file: StoredFile?
        do throws(FileFailure) { file = try tools.files.read(path, atMost: 1 << 20) } catch {
            throw StepFailure(
                step,
                "\(flag): \(error.problem)",
                cure: "run as an account that may read it, or give --registration-shared-secret-file",
                kind: .usage
            )
        }
        guard let text = file?.text else { throw wrongFile("there is no such file", step) }
        return text
    }

    /// Nil where the file has none.
    func sharedSecret(_ tools: SetupTools) throws(StepFailure) -> Secret? {
        switch tools.configuration.sharedSecret(inHomeserverConfiguration: try text(tools)) {
        case .inText(let secret): return Secret(secret)
        case .inFile(let other):
            guard let line = (try? tools.files.read(other, atMost: 1 << 16))?.flatMap(\.firstLine) else {
                throw StepFailure(
                    "account",
                    "\(flag) keeps the secret in \(printable(other)), which cannot be read",
                    cure: "run as an account that may read it"
                )
            }
            return Secret(line)
        case .none: return nil
        case .unreadable(let why): throw wrongFile(why, "account")
        }
    }

    func noSharedSecret(on server: ServerFacts?) -> StepFailure {
        StepFailure(
            "account",
            "\(flag) has no registration_shared_secret",
            cure: server?.flavour == .dendrite
                ? "set one there below client_api and restart Dendrite, or give --password-file or --access-token-file where the"
                    + " account exists"
                : "set one there and restart the homeserver, or give --admin-access-token-file or --password-file"
        )
    }

    private func wrongFile(_ why: String, _ step: String) -> StepFailure {
        StepFailure(step, "\(flag): \(why)", cure: "give the path of homeserver.yaml or dendrite.yaml", kind: .usage)
    }
}
