/// Where a set-up bot keeps its files.
package struct SetupFolder: Sendable, Equatable {
    package let path: String

    package init(_ path: String) { self.path = path }

    package var configuration: String { path + "/production.yaml" }
    package var storage: String { path + "/storage" }
    package var secrets: String { path + "/secrets" }
    package var accessToken: String { secrets + "/access-token" }
    /// What a person has approved in a browser, until it has proved itself.
    package var approvedSession: String { secrets + "/approved-session" }
    package var adminAccessToken: String { secrets + "/admin-access-token" }
    package var password: String { secrets + "/" + Self.passwordFile }
    package static let passwordFile = "account-password"
    /// What doctor saw the last time.
    package var doctorNotes: String { path + "/doctor-notes.json" }
    package var progress: String { path + "/" + SetupProgress.fileName }

    /// The folder that a configuration file lies in.
    package init(of configuration: String) {
        let slash = configuration.utf8.lastIndex(of: UInt8(ascii: "/"))
        self.init(slash.map { String(configuration[..<$0]) } ?? ".")
    }
}
