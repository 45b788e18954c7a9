import JSON
import Moderation
import Observability

/// The saved token, and what the bot or setup has made of it since.
struct KeptCredential: Sendable {
    let configured: Credential
    let current: Credential

    init(_ configured: Credential, _ session: SavedSession?) {
        self.configured = configured
        current = session?.credential(from: SessionOrigin(of: configured.token)) ?? configured
    }
}

/// What is kept on disk between steps.
extension SetupRun {
    /// Writes the progress before and after what must not be done twice; a dry run writes nothing.
    func save(_ tools: SetupTools) throws(StepFailure) {
        guard !wishes.isDryRun else { return }
        do throws(FileFailure) {
            try tools.files.makeFolder(folder.path, isPrivate: false)
            try tools.files.write(progress.json.encoded() + [0x0A], to: folder.progress, isSecret: true)
        } catch {
            throw error.ending("progress", cure: "make the directory writable, or name another with --directory")
        }
    }

    func saveSecret(_ secret: Secret, to path: String, _ tools: SetupTools) throws(StepFailure) {
        try saveSecret(text: secret.reveal() + "\n", to: path, tools)
    }

    /// The bot's token, and what renews it.
    func saveCredential(_ credential: Credential, _ tools: SetupTools) throws(StepFailure) {
        try saveSecret(text: credential.fileText, to: folder.accessToken, tools)
    }

    /// What the bot will find at its next start: the pair that was renewed, where it goes back to the saved token.
    func saveRenewed(_ credential: Credential, of kept: KeptCredential, _ tools: SetupTools) throws(StepFailure) {
        guard !wishes.isDryRun else { return }
        let session = SavedSession(origin: SessionOrigin(of: kept.configured.token), credential: credential)
        do throws(FileFailure) { try tools.files.save(session, in: dataPath(tools)) } catch {
            throw error.ending("secrets", cure: "run the same as root, or as the account that the bot runs as")
        }
    }

    func keptCredential(_ tools: SetupTools) throws(StepFailure) -> KeptCredential? {
        let file: StoredFile?
        do throws(FileFailure) { file = try tools.files.read(folder.accessToken, atMost: 1 << 16) } catch {
            throw error.ending("secrets", cure: "let this account read it, or take it away")
        }
        guard let configured = file?.text.flatMap({ Credential(fileText: $0) }) else { return nil }
        do throws(FileFailure) {
            return KeptCredential(configured, try tools.files.savedSession(in: dataPath(tools)))
        } catch {
            // The bot's storage may be closed to whoever sets up; a token that is never renewed is good without it.
            guard configured.renewal != nil else { return KeptCredential(configured, nil) }
            throw error.ending("secrets", cure: "run the same as root, or as the account that the bot runs as")
        }
    }

    /// As the configuration says, where there is one.
    private func dataPath(_ tools: SetupTools) -> String {
        let file = (try? tools.files.read(folder.configuration, atMost: 1 << 20)) ?? nil
        guard file != nil else { return folder.storage }
        return tools.configuration.read(folder.configuration, accessTokenFile: nil).partial.dataPath
    }

    private func saveSecret(text: String, to path: String, _ tools: SetupTools) throws(StepFailure) {
        guard !wishes.isDryRun else { return }
        do throws(FileFailure) {
            try tools.files.makeFolder(folder.secrets, isPrivate: true)
            try tools.files.write(Array(text.utf8), to: path, isSecret: true)
        } catch {
            throw error.ending("secrets", cure: "make the directory writable, or name another with --directory")
        }
    }

    /// The secret in a file of ours, or nil where there is none.
    func savedSecret(_ path: String, _ tools: SetupTools) throws(StepFailure) -> Secret? {
        do throws(FileFailure) {
            return try tools.files.read(path, atMost: 1 << 16)?.firstLine.map { Secret($0) }
        } catch {
            throw error.ending("secrets", cure: "let this account read it, or take it away")
        }
    }
}

/// Reads a secret that the operator keeps in a file of their own.
///
/// A file that other accounts of the machine can read is refused: what is in it must be taken for known.
func readSecret(_ path: String, flag: String, _ tools: SetupTools) throws(StepFailure) -> Secret {
    let step = "secrets"
    let file: StoredFile?
    do throws(FileFailure) { file = try tools.files.read(path, atMost: 1 << 16) } catch {
        throw StepFailure(
            step,
            "--\(flag) \(printable(path)): \(error.problem)",
            cure: "name a file that can be read",
            kind: .usage
        )
    }
    guard let file else {
        let cure = "write the secret into the first line of the file, and run chmod 600 on it"
        throw StepFailure(step, "--\(flag): there is no file \(printable(path))", cure: cure, kind: .usage)
    }
    guard !file.isShared else {
        throw StepFailure(
            step,
            "--\(flag): other accounts of this machine can read \(printable(path))",
            cure: ["close it, and change the secret where others may have read it:", "    chmod 600 \(path)"],
            kind: .refused
        )
    }
    guard let line = file.firstLine else {
        throw StepFailure(
            step,
            "--\(flag): the first line of \(printable(path)) is empty or no text",
            cure: "write the secret into the first line of the file"
        )
    }
    return Secret(line)
}
