import Moderation

/// Refusals in Synapse's words.
extension HomeserverError {
    static func forbidden(_ message: String) -> HomeserverError {
        .refused(status: 403, code: "M_FORBIDDEN", message: message)
    }

    static func badState(_ message: String) -> HomeserverError {
        .refused(status: 403, code: "M_BAD_STATE", message: message)
    }

    static func notFound(_ message: String) -> HomeserverError {
        .refused(status: 404, code: "M_NOT_FOUND", message: message)
    }

    static func badRequest(_ message: String, code: String = "M_UNKNOWN") -> HomeserverError {
        .refused(status: 400, code: code, message: message)
    }
}
