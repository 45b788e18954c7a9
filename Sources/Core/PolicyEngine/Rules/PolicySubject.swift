import MatrixCore

/// Whom a rule names.
package enum PolicySubject: Hashable, Sendable {
    case literal(String)
    /// With `*` for any run and `?` for one character.
    case glob(String)
    /// Somebody whose name the list does not tell.
    case hash(EntityDigest)

    /// An entity as a rule spells it: a glob where a wildcard is in it.
    package init(entity: String) {
        let isGlob = entity.utf8.contains { $0 == UInt8(ascii: "*") || $0 == UInt8(ascii: "?") }
        self = isGlob ? .glob(entity) : .literal(entity)
    }

    /// The entity as it is written; nil where only its digest is known.
    package var entity: String? {
        switch self {
        case .literal(let entity), .glob(let entity): entity
        case .hash: nil
        }
    }

    package static func == (left: Self, right: Self) -> Bool {
        switch (left, right) {
        case (.literal(let left), .literal(let right)), (.glob(let left), .glob(let right)): equalByBytes(left, right)
        case (.hash(let left), .hash(let right)): left == right
        default: false
        }
    }

    package func hash(into hasher: inout Hasher) {
        switch self {
        case .literal(let entity), .glob(let entity): hasher.combine(entity)
        case .hash(let digest): hasher.combine(digest)
        }
    }
}
