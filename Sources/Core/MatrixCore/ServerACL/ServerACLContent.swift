package import JSON
import Patterns

/// The content of `m.room.server_acl`.
///
/// - Source: Matrix spec, Client-Server API, "m.room.server_acl".
package struct ServerACLContent: Sendable, Equatable, Codable {
    package var allow: [String]
    package var deny: [String]
    package var allowsIPLiterals: Bool

    package init(allow: [String] = ["*"], deny: [String] = [], allowsIPLiterals: Bool = false) {
        self.allow = allow
        self.deny = deny
        self.allowsIPLiterals = allowsIPLiterals
    }

    /// Reads as servers do: what is no string in a list is passed over, a list that is none is empty.
    package init(_ content: JSONView) {
        func list(_ view: JSONView?) -> [String] {
            var entries: [String] = []
            view?.forEachElement { if let entry = $0.string { entries.append(entry) } }
            return entries
        }
        self.init(
            allow: list(content["allow"]),
            deny: list(content["deny"]),
            allowsIPLiterals: content["allow_ip_literals"]?.boolean ?? true
        )
    }

    package var json: JSONValue {
        [
            "allow": .array(allow.map { .string($0) }),
            "deny": .array(deny.map { .string($0) }),
            "allow_ip_literals": .boolean(allowsIPLiterals),
        ]
    }

    /// Whether they say the same, whatever the order of their entries.
    package func isEquivalent(to other: ServerACLContent) -> Bool {
        allowsIPLiterals == other.allowsIPLiterals
            && Set(allow.map(ByteText.init)) == Set(other.allow.map(ByteText.init))
            && Set(deny.map(ByteText.init)) == Set(other.deny.map(ByteText.init))
    }

    /// Whether the server may take part, by the spec's order: IP literals, then deny, then allow; the port does not count.
    package func admits(_ server: ServerName) -> Bool {
        if !allowsIPLiterals, server.isIPLiteral { return false }
        let host = server.host
        func matches(_ entries: [String]) -> Bool {
            entries.contains { Glob($0, foldsASCIICase: true).matches(host) }
        }
        return !matches(deny) && matches(allow)
    }
}

/// Text as a dictionary key, equal only to the same bytes.
package struct ByteText: Hashable, Sendable {
    package let text: String
    package init(_ text: String) { self.text = text }
    package static func == (left: Self, right: Self) -> Bool { equalByBytes(left.text, right.text) }
    package func hash(into hasher: inout Hasher) { hasher.combine(text) }
}
