/// Where the bot has its access token from.
package enum TokenPlace: Sendable, Equatable {
    /// The session that it keeps itself, in the file of this path.
    case session(String)
    /// A login through Pantalaimon that is not kept yet.
    case pantalaimon
    case file(String)
    /// `accessToken` of the configuration.
    case configuration

    /// As the object of a check.
    package var name: String {
        switch self {
        case .session(let path), .file(let path): path
        case .pantalaimon: "pantalaimon.username"
        case .configuration: "accessToken"
        }
    }

    /// Behind “the access token”.
    package func phrase(configuration: String) -> String {
        switch self {
        case .session(let path), .file(let path): "in \(path)"
        case .pantalaimon: "of its login through Pantalaimon"
        case .configuration: "in \(configuration)"
        }
    }
}
