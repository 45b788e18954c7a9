package import MatrixCore
package import Patterns

extension PolicyIndex {
    /// Whether an entity of that kind must be digested to be matched.
    package func hasHashedRules(of kind: PolicyKind) -> Bool { rules(of: kind).hasHashedRules }

    /// Calls `visit` with every user rule that names the user, held ones too, in no order.
    ///
    /// For users by the million: no memory is taken where no rule comes near. `digest` is called only where there are
    /// hashed rules.
    package func visitUserMatches(
        of user: Span<UInt8>,
        digest: () -> EntityDigest?,
        _ visit: (PolicyRule) -> Visit
    ) {
        _ = users.visitMatches(of: user, digest: digest, visit)
    }

    /// Every user rule that names the user, held ones too, in the order of a verdict.
    package func matches(user: UserID) -> [PolicyRule] { matches(user.rawValue, in: users) }

    /// Every room rule that names the room, held ones too.
    package func matches(room: RoomID) -> [PolicyRule] { matches(room.rawValue, in: rooms) }

    package func matches(room alias: RoomAlias) -> [PolicyRule] { matches(alias.rawValue, in: rooms) }

    /// Every server rule that names the server, with or without its port and in whatever case, held ones too.
    package func matches(server: ServerName) -> [PolicyRule] {
        let spellings = Set([server.rawValue, server.host].flatMap { [$0, lowercasedASCII($0)] }.map(ByteText.init))
        return inOrder(spellings.flatMap { unsortedMatches($0.text, in: servers) })
    }

    /// Every rule of a kind that names what a person typed, be it an identifier or not.
    package func matches(_ entity: String, as kind: PolicyKind) -> [PolicyRule] {
        if kind == .server, let server = try? ServerName(parsing: entity) { return matches(server: server) }
        return matches(entity, in: rules(of: kind))
    }

    package func verdict(user: UserID) -> Verdict { verdict(matches(user: user)) }
    package func verdict(server: ServerName) -> Verdict { verdict(matches(server: server)) }
    package func verdict(room: RoomID) -> Verdict { verdict(matches(room: room)) }

    /// The server rules that keep servers out and are in force: what server ACLs are made of.
    package var serverBans: [PolicyRule] {
        var bans: [PolicyRule] = []
        servers.forEachRule { if $0.recommendation.bans, !isHeld($0.id) { bans.append($0) } }
        return inOrder(bans)
    }

    private func rules(of kind: PolicyKind) -> RuleIndex {
        switch kind {
        case .user: users
        case .room: rooms
        case .server: servers
        }
    }

    private func verdict(_ matches: [PolicyRule]) -> Verdict {
        guard !held.isEmpty else { return Verdict(rules: matches, held: []) }
        return Verdict(rules: matches.filter { !isHeld($0.id) }, held: matches.filter { isHeld($0.id) })
    }

    private func matches(_ text: String, in index: RuleIndex) -> [PolicyRule] {
        inOrder(unsortedMatches(text, in: index))
    }

    private func unsortedMatches(_ text: String, in index: RuleIndex) -> [PolicyRule] {
        var found: [PolicyRule] = []
        _ = index.visitMatches(of: text.utf8Span.span, digest: { EntityDigest(of: text) }) { rule in
            found.append(rule)
            return .next
        }
        return found
    }

    /// Each rule once: by the order of the lists, takedowns before bans, then by event ID.
    private func inOrder(_ rules: [PolicyRule]) -> [PolicyRule] {
        guard rules.count > 1 else { return rules }
        let order = Dictionary(uniqueKeysWithValues: lists.enumerated().map { ($1.room, $0) })
        let sorted = rules.sorted { left, right in
            let leftPlace = (order[left.source.list, default: 0], left.recommendation.rank)
            let rightPlace = (order[right.source.list, default: 0], right.recommendation.rank)
            return leftPlace == rightPlace ? left.source.event < right.source.event : leftPlace < rightPlace
        }
        return sorted.reduce(into: []) { unique, rule in if unique.last?.id != rule.id { unique.append(rule) } }
    }
}
