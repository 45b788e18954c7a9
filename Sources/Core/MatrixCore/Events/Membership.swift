/// What a room says of a user.
///
/// - Source: Matrix spec, Client-Server API, "m.room.member".
package enum Membership: UInt8, Sendable, CaseIterable {
    case leave, join, invite, knock, ban

    /// Reads the word of a member event without making a String of it.
    package init?(_ text: Span<UInt8>) {
        switch (text.count, text.isEmpty ? 0 : text[0]) {
        case (4, UInt8(ascii: "j")): self = .join
        case (5, UInt8(ascii: "l")): self = .leave
        case (6, UInt8(ascii: "i")): self = .invite
        case (5, UInt8(ascii: "k")): self = .knock
        case (3, UInt8(ascii: "b")): self = .ban
        default: return nil
        }
        guard name.utf8Span.span.elementsEqual(text) else { return nil }
    }

    package var name: String {
        switch self {
        case .leave: "leave"
        case .join: "join"
        case .invite: "invite"
        case .knock: "knock"
        case .ban: "ban"
        }
    }

    /// In the room, or about to be: what a ban should hit.
    package var isPresent: Bool {
        switch self {
        case .join, .invite, .knock: true
        case .leave, .ban: false
        }
    }
}

extension Span<UInt8> {
    package func elementsEqual(_ other: Span<UInt8>) -> Bool {
        guard count == other.count else { return false }
        for index in indices where self[index] != other[index] { return false }
        return true
    }
}
