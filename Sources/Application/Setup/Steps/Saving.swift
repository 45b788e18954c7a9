import JSON
import Moderation
import Observability

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

    /// The saved token, or what the running bot has made of it.
    func savedCredential(_ tools: SetupTools) throws(StepFailure) -> Credential? {
        do throws(FileFailure) {
            let text = try tools.files.read(folder.accessToken, atMost: 1 << 16)?.text
            let session = try tools.files.read(SavedSession.path(in: folder.storage), atMost: 1 << 16)?.text
            return text.flatMap { Credential(fileText: $0) }?.latest(session.flatMap { SavedSession(fileText: $0) })
        } catch {
            throw error.ending("secrets", cure: "let this account read it, or take it away")
        }
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
