/// What a rule wants done with whom it names.
package enum Recommendation: Hashable, Sendable {
    case ban, takedown, allow
    /// Kept and listed, but never acted on.
    case unknown(String)

    /// Reads every spelling in use.
    ///
    /// - Source: Matrix spec, "Moderation policy lists"; MSC4204; Mjolnir.
    package init(_ text: String) {
        switch text {
        case "m.ban", "org.matrix.mjolnir.ban": self = .ban
        case "org.matrix.msc4204.takedown", "m.takedown": self = .takedown
        case "org.matrix.mjolnir.allow": self = .allow
        default: self = .unknown(text)
        }
    }

    /// The spelling that new rules are written with, and that state keys are made of.
    package var written: String {
        switch self {
        case .ban: "m.ban"
        case .takedown: "org.matrix.msc4204.takedown"
        case .allow: "org.matrix.mjolnir.allow"
        case .unknown(let text): text
        }
    }

    /// Whether it keeps users and servers out: a takedown is a ban, and more.
    package var bans: Bool {
        switch self {
        case .ban, .takedown: true
        case .allow, .unknown: false
        }
    }

    /// Takedowns come before bans, and both before what does not ban.
    var rank: Int {
        switch self {
        case .takedown: 0
        case .ban: 1
        case .allow: 2
        case .unknown: 3
        }
    }
}
