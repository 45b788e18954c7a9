import MatrixCore

/// Commands by the words that call them.
package struct CommandTable<Command: Sendable>: Sendable {
    package struct Entry: Sendable {
        package let description: CommandDescription
        package let command: Command
    }

    package enum Lookup: Sendable {
        /// `words` are the command's own, as the table spells them; `rest` is what follows.
        case found(Entry, words: [String], rest: ArraySlice<Token>)
        /// The words so far are the beginning of several commands.
        case incomplete(words: [String], candidates: [CommandDescription])
        /// No command begins so.
        case unknown(typed: String, suggestions: [CommandDescription])
    }

    private final class Node: Sendable {
        let entry: Int?
        let children: [String: Node]

        init(entry: Int?, children: [String: Node]) {
            self.entry = entry
            self.children = children
        }
    }

    /// In the order in which they were given.
    package let entries: [Entry]
    private let root: Node

    package init(_ commands: [Command], describedBy description: (Command) -> CommandDescription) {
        entries = commands.map { Entry(description: description($0), command: $0) }
        var paths: [(words: ArraySlice<String>, entry: Int)] = []
        for (number, entry) in entries.enumerated() {
            for path in [entry.description.path] + entry.description.aliases {
                precondition(!paths.contains { $0.words == path[...] }, "two commands are called \(path)")
                paths.append((path[...], number))
            }
        }
        root = Self.node(of: paths)
    }

    private static func node(of paths: [(words: ArraySlice<String>, entry: Int)]) -> Node {
        let byWord = Dictionary(grouping: paths.filter { !$0.words.isEmpty }) { $0.words[$0.words.startIndex] }
        return Node(
            entry: paths.first { $0.words.isEmpty }?.entry,
            children: byWord.mapValues { node(of: $0.map { ($0.words.dropFirst(), $0.entry) }) }
        )
    }

    /// Finds the command with the most words that the tokens begin with.
    package func lookup(_ tokens: [Token]) -> Lookup {
        var node = root
        var words: [String] = []
        for token in tokens {
            // A quoted word is a value, so that an entity may be called like a command.
            guard !token.isQuoted, let child = node.children[token.text.foldedASCII] else { break }
            node = child
            words.append(token.text.foldedASCII)
        }
        let rest = tokens[words.count...]
        let next = rest.first.flatMap { $0.isQuoted || $0.text.utf8.first == UInt8(ascii: "-") ? nil : $0.text }
        if let number = node.entry {
            let entry = entries[number]
            let takesWords = !entry.description.parameters.isEmpty || entry.description.rest != nil
            guard let next, !takesWords, !node.children.isEmpty else { return .found(entry, words: words, rest: rest) }
            return .unknown(typed: (words + [next]).joined(separator: " "), suggestions: suggestions(words, next))
        }
        guard let next else {
            return .incomplete(words: words, candidates: descriptions(below: words))
        }
        return .unknown(typed: (words + [next]).joined(separator: " "), suggestions: suggestions(words, next))
    }

    /// Commands that begin with these words, in the order of the table.
    package func descriptions(below words: [String]) -> [CommandDescription] {
        entries.map(\.description).filter { $0.path.starts(with: words) }
    }

    private func suggestions(_ words: [String], _ next: String) -> [CommandDescription] {
        let typed = (words + [next]).joined(separator: " ")
        let names = entries.map(\.description.name)
        var found = closest(to: typed, among: names)
        // `ad` for `rooms add`, and `enable` for `protections enable`.
        let lastWords = descriptions(below: words).filter { $0.path.count > words.count }
        let close = closest(to: next, among: lastWords.map { $0.path[words.count] })
        found += lastWords.filter { close.contains($0.path[words.count]) }.map(\.name)
        found += entries.filter { $0.description.path.contains(next.foldedASCII) }.map(\.description.name)
        var seen: Set<String> = []
        return found.filter { seen.insert($0).inserted }.prefix(3).compactMap { name in
            entries.first { $0.description.name == name }?.description
        }
    }
}
