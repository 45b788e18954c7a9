import Moderation

/// TOK-6: the files that hold secrets.
extension DoctorFacts {
    /// Needs nobody's answer, so that it is told also of a server that is down.
    var secretFileChecks: [CheckResult] {
        var results: [CheckResult] = sharedFiles.map { file in
            .fail(
                "TOK-6",
                file.path,
                "other accounts of this machine can read this file",
                cure: ["    \(file.closing)"],
                fix: .closeFile(file)
            )
        }
        if isTokenMissing { return results }
        if let token, [.malformed, .placeholder].contains(TokenKind(token)) {
            results.append(
                .fail(
                    "TOK-6",
                    place,
                    "it is \(TokenKind(token).name)",
                    cure: ["put the token alone into the first line"]
                )
            )
        }
        return results.isEmpty ? [.ok("TOK-6", place, "the secret is whole and closed to others")] : results
    }
}
