package import MatrixCore

/// What a word was read as.
package enum ArgumentValue: Hashable, Sendable {
    case text(String)
    case integer(Int64)
    case boolean(Bool)
    case duration(Duration)
    case user(UserPattern)
    case room(RoomReference)
    case event(EventReference)
    case server(ServerPattern)
}
