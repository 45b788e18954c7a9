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

    /// Makes devices known to Synapse, which refuses the token of an unknown one.
    package var provision: [String] { program + ["manage", "provision-all-users"] }

    /// To be shown, a line each.
    package func tokenLines(localpart: String, asAdmin: Bool) -> [String] {
        [issueToken(localpart, asAdmin: asAdmin), provision].map { "    " + $0.joined(separator: " ") }
    }

    package func accountLines(localpart: String, asAdmin: Bool) -> [String] {
        ["    " + register(localpart).joined(separator: " ")] + tokenLines(localpart: localpart, asAdmin: asAdmin)
    }
}

extension ServiceCommands {
    /// The token and its device in what `issue-compatibility-token` logs; nil where its log level hides them.
    package static func issued(in log: String) -> (token: String, device: String?)? {
        let words = log.utf8.split { $0 == 0x20 || $0 == 0x0A }.map { String(Substring($0)) }
        guard let token = words.first(where: { $0.hasPrefix("mct_") }) else { return nil }
        let mark = "compat_session.device="
        return (token, words.first { $0.hasPrefix(mark) }.map { String($0.dropFirst(mark.utf8.count)) })
    }
}
