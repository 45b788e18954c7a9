import JSON
package import MatrixCore
import Patterns

/// An ACL for one room, what others put there kept.
package struct ServerACLMerge: Equatable, Sendable {
    /// What to send; nil where the room's says the same already.
    package let content: ServerACLContent?
    /// The deny entries that are ours, in what stands in the room or in what is to be sent.
    ///
    /// Stored in the same commit that asks for the sending: then a lost request leaves no entry that nobody owns.
    package let ours: [String]
    /// Entries of ours for which the entries of others left no room.
    package let overflow: [String]
    /// Entries of others that go because they would deny the own server.
    package let lifted: [String]
}

extension CompiledServerACL {
    /// Puts our entries in the place of those that we wrote before.
    ///
    /// `ours` are the entries of the last merge in this room; where none are known, all are ours if the bot sent what
    /// stands there, and none otherwise. A room without an ACL gets none while there is nothing to deny. What is allowed
    /// is left as it is, but for the own server, which always is.
    package func merged(into current: CurrentServerACL?, ours: [String]?) -> ServerACLMerge {
        let standing = current?.content.deny ?? []
        let isTakenOver = ours == nil && current?.isOwn == true
        let previous = Set((isTakenOver ? standing : ours ?? []).map(Self.key))
        let foreign = Self.unique(standing.filter { !previous.contains(Self.key($0)) })
        let lifted = foreign.filter { Entry($0).names(ownServer) }
        let others = lifted.isEmpty ? foreign : foreign.filter { !Entry($0).names(ownServer) }
        let othersKeys = Set(others.map(Self.key))

        var content = ServerACLContent(
            allow: allowed(current?.content.allow ?? []),
            deny: others,
            allowsIPLiterals: ownServer.isIPLiteral || letsIPLiteralsIn(current, isTakenOver: isTakenOver)
        )
        let wanted = byWeight.filter { !othersKeys.contains(Self.key($0)) }
        let fitting = Self.fitting(wanted, into: content, limit: limit)
        content.deny = (others + fitting.entries).sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
        let stillOurs = standing.filter { previous.contains(Self.key($0)) }
        return ServerACLMerge(
            content: isNeeded(content, over: current) ? content : nil,
            ours: Self.unique(fitting.entries + stillOurs).sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) },
            overflow: fitting.overflow,
            lifted: lifted
        )
    }

    private func isNeeded(_ content: ServerACLContent, over current: CurrentServerACL?) -> Bool {
        guard let current else { return !content.deny.isEmpty }
        return !content.isEquivalent(to: current.content)
    }

    private func allowed(_ entries: [String]) -> [String] {
        let entries = entries.isEmpty ? ["*"] : entries
        let host = ownServer.host
        return entries.contains { Glob($0, foldsASCIICase: true).matches(host) } ? entries : entries + [host]
    }

    /// We never let IP literals in; a room where others did keeps them.
    private func letsIPLiteralsIn(_ current: CurrentServerACL?, isTakenOver: Bool) -> Bool {
        guard let current, current.namesIPLiterals, !isTakenOver else { return false }
        return current.content.allowsIPLiterals
    }

    /// The first entries that a content has room for beside what is in it, and the others.
    static func fitting(
        _ entries: [String],
        into content: ServerACLContent,
        limit: Int
    ) -> (entries: [String], overflow: [String]) {
        var size = content.json.encoded().count
        var taken: [String] = []
        var overflow: [String] = []
        for entry in entries {
            let cost = JSONValue.string(entry).encoded().count + 1
            if size + cost <= limit {
                size += cost
                taken.append(entry)
            } else {
                overflow.append(entry)
            }
        }
        return (taken, overflow)
    }

    /// Servers compare without regard to case.
    private static func key(_ entry: String) -> ByteText { ByteText(lowercasedASCII(entry)) }

    private static func unique(_ entries: [String]) -> [String] {
        var seen: Set<ByteText> = []
        return entries.filter { seen.insert(key($0)).inserted }
    }
}
