/// What is typed where the Matrix Authentication Service runs, for a homeserver that leaves accounts to it.
///
/// - Source: Matrix Authentication Service, "Command line tool", `manage`.
package struct ServiceCommands: Sendable, Equatable {
    /// What stands before `manage`.
    package let program: [String]

    package static let standard = ServiceCommands(program: ["mas-cli"])

    package init(program: [String]) { self.program = program }

    /// By blanks, as in `docker exec mas mas-cli`; nil of nothing.
    package init?(_ text: String) {
        program = text.split(separator: " ").map(String.init)
        if program.isEmpty { return nil }
    }

    /// `--yes`, or it waits for a person for ever, at full load.
    package func register(_ localpart: String) -> [String] {
        program + ["manage", "register-user", "--yes", localpart]
    }

    /// The device's ID has no option of its own: it stands behind the name.
    package func issueToken(_ localpart: String, device: String? = nil, asAdmin: Bool) -> [String] {
        program + ["manage", "issue-compatibility-token"]
            + (asAdmin ? ["--yes-i-want-to-grant-synapse-admin-privileges"] : []) + [localpart]
            + [device].compactMap(\.self)
    }

    /// Says what is wrong between the service, its database and Synapse.
    package var doctor: [String] { program + ["doctor"] }

    /// Lets the user ask for a token with admin rights.
    package func promote(_ localpart: String) -> [String] { program + ["manage", "promote-admin", localpart] }

    /// Makes devices known to Synapse, which refuses the token of an unknown one.
    package var provision: [String] { program + ["manage", "provision-all-users"] }

    /// Of an account that is locked, or deactivated: reactivating leaves the lock.
    package func unlockLines(localpart: String, reactivates: Bool) -> [String] {
        let unlock = "    " + (program + ["manage", "unlock-user", localpart]).joined(separator: " ")
        return (reactivates ? [unlock + " --reactivate"] : []) + [unlock]
    }

    /// A line to be typed as it stands.
    static func line(_ words: [String]) -> String { "    " + words.joined(separator: " ") }

    /// To be shown, a line each.
    package func tokenLines(localpart: String, asAdmin: Bool) -> [String] {
        [issueToken(localpart, asAdmin: asAdmin), provision].map { "    " + $0.joined(separator: " ") }
    }

    package func accountLines(localpart: String, asAdmin: Bool) -> [String] {
        ["    " + register(localpart).joined(separator: " ")] + tokenLines(localpart: localpart, asAdmin: asAdmin)
    }
}

extension ServiceCommands {
    /// What comes behind lines that issue a token.
    static let thenGiveToken = "then give the token that it prints with --access-token-file"

    /// Where a proxy leaves the service out.
    static let routeCure = "have the proxy send /_matrix/client/*/(login|logout|refresh) to the authentication service"

    /// The token and its device in what `issue-compatibility-token` logs; nil where its log level hides them.
    package static func issued(in log: String) -> (token: String, device: String?)? {
        let words = words(of: log)
        guard let word = words.first(where: { $0.hasPrefix("mct_") }) else { return nil }
        let isOfToken: (UInt8) -> Bool = { byte in
            byte == UInt8(ascii: "_") || (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte & 0xDF)
        }
        let token = String(Substring(word.utf8.prefix(while: isOfToken)))
        let mark = "compat_session.device="
        return (token, words.first { $0.hasPrefix(mark) }.map { String($0.dropFirst(mark.utf8.count)) })
    }

    /// A line of a log that may hold what was just issued.
    package static func hidingTokens(in line: String) -> String {
        words(of: line).filter { word in
            ["mat_", "mar_", "mct_", "mcr_", "mpt_"].contains { word.contains($0) }
        }.reduce(line) { $0.replacing($1, with: "<redacted>") }
    }

    /// Split also at what colours them in a terminal: no token and no device has such bytes.
    private static func words(of log: String) -> [String] {
        log.utf8.split { !(0x21...0x7E).contains($0) }.map { String(Substring($0)) }
    }
}
