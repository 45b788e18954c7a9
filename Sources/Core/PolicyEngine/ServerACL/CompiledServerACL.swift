import MatrixCore

/// What the server rules in force come to as deny entries: compiled once, shared by all rooms.
package struct CompiledServerACL: Equatable, Sendable {
    /// Sorted by bytes; as many as fit a content of their own.
    package let deny: [String]
    package let leftOut: [LeftOut]
    /// The own server is never denied, whatever stands in a room.
    let ownServer: ServerName
    let limit: Int
    /// `deny`, what matters most first: where a room has entries of others, the last of these give way.
    let byWeight: [String]

    /// A rule that has no entry of its own.
    package struct LeftOut: Equatable, Sendable {
        package let rule: PolicyRule
        package let why: Reason

        package enum Reason: Equatable, Sendable {
            /// The entry would deny the own server.
            case ownServer
            /// Another entry denies all that this one would.
            case covered(by: String)
            /// The content would grow beyond what an event holds.
            case overflow
            /// A hash of none of the servers that are known.
            case unrevealed
        }
    }
}
