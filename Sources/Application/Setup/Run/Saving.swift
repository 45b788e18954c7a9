import JSON
import Moderation
import Observability

/// What is kept on disk between steps.
extension SetupRun {
    /// Writes the progress before and after what must not be done twice; a dry run writes nothing.
    func save(_ tools: SetupTools) throws(StepFailure) {
        guard !wishes.isDryRun else { return }
        try enterFolder(tools)
        do throws(FileFailure) {
            try tools.files.write(progress.json.encoded() + [0x0A], to: folder.progress, isSecret: true)
        } catch {
            throw error.ending("progress", cure: "make the directory writable, or name another with --directory")
        }
    }

    private func enterFolder(_ tools: SetupTools) throws(StepFailure) {
        do throws(FileFailure) { try tools.files.makeFolder(folder.path, isPrivate: false) } catch {
            throw error.ending("progress", cure: "make the directory writable, or name another with --directory")
        }
        try lockFolder(tools)
    }

    /// Keeps every other setup out of the folder, where it is there: two would overwrite each other's tokens.
    func lockFolder(_ tools: SetupTools) throws(StepFailure) {
        do throws(FileFailure) { try tools.files.lock(folder.path) } catch {
            throw error.ending(
                "progress",
                cure: error.problem == FileFailure.heldByAnother
                    ? "let the other one end, then run the same again; for another bot name another --directory"
                    : "name a directory with --directory"
            )
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
        try enterFolder(tools)
        let session = SavedSession(origin: SessionOrigin(of: kept.configured.token), credential: credential)
        do throws(FileFailure) { try tools.files.save(session, in: settings(tools).dataPath) } catch {
            throw error.ending("secrets", cure: "run the same as root, or as the account that the bot runs as")
        }
    }

    func keptCredential(_ tools: SetupTools) throws(StepFailure) -> KeptCredential? {
        let file: StoredFile?
        do throws(FileFailure) { file = try tools.files.read(folder.accessToken, atMost: 1 << 16) } catch {
            throw error.ending("secrets", cure: "let this account read it, or take it away")
        }
        guard let configured = file?.text.flatMap({ Credential(fileText: $0) }) else { return nil }
        var settings = settings(tools)
        (settings.accessToken, settings.savedCredential) = (configured.token, configured)
        // The token of setup is the homeserver's own, also where the bot goes through Pantalaimon.
        settings.pantalaimon.isUsed = false
        let session = BotSessionFiles(settings, accessTokenFile: folder.accessToken, tools.files)
        do throws(FileFailure) {
            return KeptCredential(configured: configured, current: try session.credential() ?? configured)
        } catch {
            // The bot's storage may be closed to whoever sets up; a token that is never renewed is good without it.
            guard configured.renewal != nil else {
                return KeptCredential(configured: configured, current: configured)
            }
            throw error.ending("secrets", cure: "run the same as root, or as the account that the bot runs as")
        }
    }

    /// As the configuration says, where there is one.
    private func settings(_ tools: SetupTools) -> BotSettings {
        let file = (try? tools.files.read(folder.configuration, atMost: 1 << 20)) ?? nil
        guard file == nil else {
            return tools.configuration.read(folder.configuration, accessTokenFile: nil).partial
        }
        var settings = BotSettings()
        settings.dataPath = folder.storage
        return settings
    }

    private func saveSecret(text: String, to path: String, _ tools: SetupTools) throws(StepFailure) {
        guard !wishes.isDryRun else { return }
        try enterFolder(tools)
        try checkSecretsFolder(tools)
        do throws(FileFailure) {
            try tools.files.makeFolder(folder.secrets, isPrivate: true)
            try tools.files.write(Array(text.utf8), to: path, isSecret: true)
        } catch {
            throw error.ending("secrets", cure: "make the directory writable, or name another with --directory")
        }
    }

    /// Whether a secret could be kept, asked before one is issued; changes nothing.
    func checkSecretsFolder(_ tools: SetupTools) throws(StepFailure) {
        guard !wishes.isDryRun else { return }
        guard tools.files.canWrite(in: folder.secrets) else {
            throw FileFailure(folder.secrets, "cannot be written in")
                .ending("secrets", cure: "make the directory writable, or name another with --directory")
        }
        if let objection = tools.files.objection(toSecretsIn: folder.secrets) {
            throw StepFailure(
                "secrets",
                "\(printable(folder.secrets)) \(objection): no secret is put there",
                cure: [
                    "move it away, or make it this account's own and closed to others, as its owner is told by:",
                    "    ls -ld \(shellWord(folder.secrets))",
                ],
                kind: .refused
            )
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
