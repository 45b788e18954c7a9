package import MatrixCore

/// The ways in which a message can speak to the bot.
package struct CommandPrefixes: Sendable {
    package let bot: UserID
    /// As members of the room see it; without one they see the user ID.
    ///
    /// A blank name addresses nobody.
    package var displayName: String?
    package var symbols: [String]
    package var additional: [String]
    /// Whether a symbol alone is enough: `!ban` for `!draupnir ban`.
    package var allowsNoPrefix: Bool

    package init(
        bot: UserID,
        displayName: String? = nil,
        symbols: [String] = ["!"],
        additional: [String] = ["draupnir"],
        allowsNoPrefix: Bool = false
    ) {
        self.bot = bot
        self.displayName = displayName
        self.symbols = symbols
        self.additional = additional
        self.allowsNoPrefix = allowsNoPrefix
    }

    /// The command in a message's body; nil where the message does not speak to the bot.
    package func command(in body: String) -> AddressedCommand? {
        let text = body[...].trimmingLeadingSpace
        return afterPrefixedWord(text) ?? afterDisplayName(text) ?? afterMention(text)
    }

    private func afterPrefixedWord(_ text: Substring) -> AddressedCommand? {
        let end = text.unicodeScalars.firstIndex(where: \.separatesWords) ?? text.endIndex
        let word = text[..<end]
        let names = ([String(bot.localpart), bot.rawValue, "draupnir"] + additional).filter { !$0.isEmpty }
        let matching = symbols.filter { !$0.isEmpty }.compactMap { word.dropping(prefix: $0) }
        for name in matching where names.contains(where: { name.isSameWord(as: $0) || name.isSameWord(as: $0 + ":") }) {
            return AddressedCommand(text: text[end...], address: .prefix)
        }
        guard allowsNoPrefix, let rest = matching.min(by: { $0.utf8.count < $1.utf8.count }), !rest.isEmpty else {
            return nil
        }
        return AddressedCommand(text: text[rest.startIndex...], address: .symbol)
    }

    /// The words of the display name, letter for letter, however they are spaced; the last may have a colon.
    private func afterDisplayName(_ text: Substring) -> AddressedCommand? {
        let name = displayName ?? bot.rawValue
        let words = name.unicodeScalars.split(whereSeparator: \.separatesWords).map { Substring($0) }
        guard !words.isEmpty else { return nil }
        var rest = text
        for (number, expected) in words.enumerated() {
            rest = rest.trimmingLeadingSpace
            let end = rest.unicodeScalars.firstIndex(where: \.separatesWords) ?? rest.endIndex
            let word = rest[..<end]
            let isLast = number == words.count - 1
            if word.utf8.elementsEqual(expected.utf8) {
                rest = rest[end...]
            } else if isLast, word.utf8.last == UInt8(ascii: ":"), word.utf8.dropLast().elementsEqual(expected.utf8) {
                return AddressedCommand(text: rest[end...], address: .displayName)
            } else {
                return nil
            }
        }
        return AddressedCommand(text: rest.droppingColon, address: .displayName)
    }

    /// A pill as clients write it into the body: `[name](link)`, or the link in angle brackets.
    private func afterMention(_ text: Substring) -> AddressedCommand? {
        let target: Substring
        let end: Substring.Index
        if let link = markdownLink(in: text.unicodeScalars, from: text.startIndex) {
            (target, end) = link
        } else if text.utf8.first == UInt8(ascii: "<"), let closing = text.utf8.firstIndex(of: UInt8(ascii: ">")) {
            target = text[text.utf8.index(after: text.startIndex)..<closing]
            end = text.utf8.index(after: closing)
        } else {
            return nil
        }
        guard Permalink(parsing: String(target))?.target == .user(bot) else { return nil }
        return AddressedCommand(text: text[end...].droppingColon, address: .mention)
    }
}

extension Substring {
    fileprivate var trimmingLeadingSpace: Substring {
        Substring(unicodeScalars.drop(while: \.separatesWords))
    }

    /// Without white space and one colon in front.
    fileprivate var droppingColon: Substring {
        let trimmed = trimmingLeadingSpace
        return trimmed.utf8.first == UInt8(ascii: ":") ? Substring(trimmed.utf8.dropFirst()) : self
    }

    /// What follows a prefix, whatever the case of either.
    fileprivate func dropping(prefix: String) -> Substring? {
        let start = unicodeScalars.prefix(prefix.unicodeScalars.count)
        return Substring(start).isSameWord(as: prefix) ? self[start.endIndex...] : nil
    }

    fileprivate func isSameWord(as other: String) -> Bool {
        lowercased().utf8.elementsEqual(other.lowercased().utf8)
    }
}
