package import MatrixCore

/// What became different in a policy list.
package enum PolicyChange: Equatable, Sendable {
    case added(PolicyRule)
    /// Also where an older event type's rule comes to the surface, and where the same rule was sent once more.
    case modified(from: PolicyRule, to: PolicyRule)
    /// `by` is nil where that is not known, or the list itself is no longer watched.
    case removed(PolicyRule, by: UserID?)
    /// An event that should hold a rule and does not; it counts as blank.
    case malformed(MalformedPolicy)
    case shortcodeChanged(from: String?, to: String?)

    /// Whether anybody is treated differently: not so for a rule that was only sent once more.
    package var changesMeaning: Bool {
        switch self {
        case .added, .removed: true
        case .modified(let old, let new): !old.meansSame(as: new)
        case .malformed, .shortcodeChanged: false
        }
    }
}
