/// Looks at what the bot depends on outside itself: token, rights, limits, files.
package protocol Checkup: Sendable {
    /// What is wrong, in the order of what needs what; empty where all is well.
    func failures() async -> [FailedCheck]
}

/// One thing that is wrong, as `status` shows it.
package struct FailedCheck: Sendable, Equatable {
    /// By which it is looked up, such as `RL-1`.
    package let code: String
    package let text: String

    package init(code: String, text: String) {
        self.code = code
        self.text = text
    }
}
