/// A file with a secret that others can read.
package struct SharedFile: Sendable, Equatable {
    package let path: String
    /// Whether its group is the bot's, which may read it by that.
    package let keepsGroup: Bool

    package init(_ path: String, keepsGroup: Bool = false) {
        self.path = path
        self.keepsGroup = keepsGroup
    }

    /// What closes it, for a shell.
    package var closing: String { "chmod \(keepsGroup ? "o=" : "600") \(shellWord(path))" }
}
