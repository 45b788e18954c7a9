/// Lines put into a text, or in the place of others.
package struct TextEdit: Sendable, Equatable {
    /// How many lines stay before them.
    package let line: Int
    package let removed: Int
    package let inserted: [String]

    package init(line: Int, removed: Int = 0, inserted: [String]) {
        self.line = line
        self.removed = removed
        self.inserted = inserted
    }

    /// Of a text whose last line may lack its end.
    package static func lines(of text: String) -> (lines: [String], isLastEnded: Bool) {
        var lines = text.utf8.split(separator: 0x0A, omittingEmptySubsequences: false).map { String(Substring($0)) }
        let isLastEnded = lines.last?.isEmpty ?? false
        if isLastEnded { lines.removeLast() }
        return (lines, isLastEnded)
    }

    package func applied(to text: String) -> String {
        var (lines, isLastEnded) = Self.lines(of: text)
        lines.replaceSubrange(line..<line + removed, with: inserted)
        return lines.joined(separator: "\n") + (isLastEnded ? "\n" : "")
    }

    /// What `patch` takes, for this one place.
    ///
    /// The file holds secrets, so only lines around it that `isShown` takes are shown; as many before as behind, since `patch`
    /// takes a hunk with fewer on one side for one at that end of the file.
    package func unifiedDiff(of text: String, path: String, showing isShown: (String) -> Bool) -> [String] {
        let (lines, isLastEnded) = Self.lines(of: text)
        let whole = isLastEnded ? lines[...] : lines.dropLast()
        let before = lines[..<line].reversed().prefix(3).prefix(while: isShown)
        let behind = whole.dropFirst(line + removed).prefix(3).prefix(while: isShown)
        let width = min(before.count, behind.count)
        // An empty side is numbered by the line before it.
        func range(_ count: Int) -> String { "\(line - width + (count == 0 ? 0 : 1)),\(count)" }
        return [
            "--- \(path)", "+++ \(path)",
            "@@ -\(range(removed + 2 * width)) +\(range(inserted.count + 2 * width)) @@",
        ] + before.prefix(width).reversed().map { " \($0)" } + lines[line..<line + removed].map { "-\($0)" }
            + inserted.map { "+\($0)" } + behind.prefix(width).map { " \($0)" }
    }
}
