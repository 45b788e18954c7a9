import Cryptography
package import Observability

/// The credential that the bot goes on with after it has renewed the configured one, kept in its data path.
///
/// It counts only as long as what it goes back to is what is configured: whoever configures another token means that one.
package struct SavedSession: Sendable, Equatable {
    package let origin: SessionOrigin
    package let credential: Credential

    package init(origin: SessionOrigin, credential: Credential) {
        self.origin = origin
        self.credential = credential
    }

    /// Nil where it goes back to something else.
    package func credential(from origin: SessionOrigin?) -> Credential? { self.origin == origin ? credential : nil }

    package static func path(in dataPath: String) -> String { dataPath + "/session" }

    /// The origin's digest in the first line, then the credential as in a file of its own.
    package var fileText: String { origin.digest + "\n" + credential.fileText }

    /// Nil of what is no such file.
    package init?(fileText: String) {
        guard let end = fileText.utf8.firstIndex(of: UInt8(ascii: "\n")),
            let origin = SessionOrigin(digest: String(fileText[..<end])),
            let credential = Credential(fileText: String(fileText[fileText.utf8.index(after: end)...]))
        else { return nil }
        self.init(origin: origin, credential: credential)
    }
}

/// What a session began with, told by its digest alone.
package struct SessionOrigin: Sendable, Equatable {
    package let digest: String

    package init(of token: Secret) { self.init(hashing: token.reveal()) }

    /// A login through Pantalaimon, which has no token to begin with.
    package init(homeserver: String, username: String) { self.init(hashing: "\(homeserver)\n\(username)") }

    private init(hashing text: String) {
        let bytes = Array(text.utf8)
        guard let hash = try? Digest.sha256(bytes.span) else { preconditionFailure("OpenSSL has no SHA-256") }
        digest = "sha256:" + hexadecimal(hash)
    }

    fileprivate init?(digest: String) {
        guard digest.utf8.count == 71, digest.hasPrefix("sha256:") else { return nil }
        self.digest = digest
    }
}
