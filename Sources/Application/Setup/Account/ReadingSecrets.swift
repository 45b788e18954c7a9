import Observability

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
            cure: [
                "close it, and change the secret where others may have read it:", "    chmod 600 \(shellWord(path))",
            ],
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
