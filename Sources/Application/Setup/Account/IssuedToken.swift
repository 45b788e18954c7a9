import Moderation
import Observability

/// A token that this run has had issued, by what ends it.
enum IssuedToken: Sendable, Equatable {
    case approved(refreshToken: Secret, client: String)
    case personal(session: String)
    /// Of a login, a registration or `mas-cli`.
    case matrix(Secret, device: String?)

    /// Nil of one that the operator has given.
    init?(_ session: AccountSession, by way: AccountWay) {
        switch way {
        case .token, .appservice: return nil
        default: break
        }
        if let personal = session.personalSession {
            self = .personal(session: personal)
        } else if case .oauth(let refreshToken, let client, _)? = session.renewal {
            self = .approved(refreshToken: refreshToken, client: client)
        } else {
            self = .matrix(session.token, device: session.device)
        }
    }
}
