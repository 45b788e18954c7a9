package import MatrixCore

/// What is known of one user in one room, in one byte: it is written to disk as it is.
package struct MemberRecord: Sendable, Equatable {
    package let byte: UInt8

    /// `wasSetByOther`: whether somebody else sent the membership, as in a kick.
    package init(_ membership: Membership, wasSetByOther: Bool) {
        byte = membership.rawValue | (wasSetByOther ? 0x80 : 0)
    }

    /// Reads a byte from disk; nil where it means nothing.
    package init?(byte: UInt8) {
        guard Membership(rawValue: byte & 0x7F) != nil else { return nil }
        self.byte = byte
    }

    package var membership: Membership { Membership(rawValue: byte & 0x7F) ?? .leave }
    package var wasSetByOther: Bool { byte & 0x80 != 0 }
}
