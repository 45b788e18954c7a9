package import MatrixCore

/// Something that doctor may do by itself: it changes nothing that anybody relies on.
package enum Fix: Sendable, Equatable {
    case liftRateLimit(UserID)
    case enableFeature(String, for: UserID)
    case closeFile(SharedFile)
    case join(RoomID)
    case invite(UserID, to: RoomID)

    /// As it is shown before it is done.
    package var text: String {
        switch self {
        case .liftRateLimit(let user): "switch the rate limits off for \(user)"
        case .enableFeature(let name, let user): "switch \(name) on for \(user)"
        case .closeFile(let file): file.closing
        case .join(let room): "join \(room)"
        case .invite(let user, let room): "invite \(user) to \(room)"
        }
    }
}
