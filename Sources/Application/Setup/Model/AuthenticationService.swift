/// What is typed for a homeserver that leaves accounts to the Matrix Authentication Service.
///
/// - Source: Matrix Authentication Service, "Command line tool", `manage`.
package enum AuthenticationService {
    /// `--yes`, or it waits for a person for ever.
    package static func registerLine(localpart: String) -> String {
        "    mas-cli manage register-user --yes \(localpart)"
    }

    /// The second line makes the new device known to Synapse, which refuses the token otherwise.
    package static func tokenLines(localpart: String, asAdmin: Bool) -> [String] {
        let rights = asAdmin ? "--yes-i-want-to-grant-synapse-admin-privileges " : ""
        return [
            "    mas-cli manage issue-compatibility-token \(rights)\(localpart)",
            "    mas-cli manage provision-all-users",
        ]
    }

    package static func accountLines(localpart: String, asAdmin: Bool) -> [String] {
        [registerLine(localpart: localpart)] + tokenLines(localpart: localpart, asAdmin: asAdmin)
    }
}
