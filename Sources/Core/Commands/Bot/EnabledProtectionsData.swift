package import JSON

/// The bot's account data `org.matrix.mjolnir.enabled_protections`.
///
/// Draupnir adds protections that came with a later version by counting `schema_version` up; so do we, in memory.
package struct EnabledProtectionsData: Sendable, Equatable {
    package private(set) var content: JSONValue
    /// In the order in which they are written, those of later versions behind.
    package private(set) var names: [String]

    package static let versionKey = "ge.applied-langua.ge.draupnir.schema_version"
    package static let memberBans = "MemberBanSynchronisationProtection"
    package static let serverBans = "ServerBanSynchronisationProtection"

    /// What each version of the schema switched on.
    private static let addedByVersion: [[String]] = [
        ["BanPropagationProtection"], [memberBans, serverBans], ["RedactionSynchronisationProtection"],
        ["PolicyChangeNotification"], ["JoinRoomsOnInviteProtection"], ["RoomsSetBehaviour"],
        ["InvalidEventProtection"], ["DraupnirNews"],
    ]

    /// What this version can do of them.
    package static let available: Set<String> = [memberBans, serverBans]

    /// As on an account that never had any.
    package init() {
        content = [:]
        names = Self.addedByVersion.flatMap { $0 }
    }

    /// Nil where the content as a whole cannot be read.
    package init?(_ content: JSONValue) {
        guard case .object = content else { return nil }
        var names: [String] = []
        switch content["enabled"] {
        case .array(let list)?:
            for case .string(let name) in list where !names.contains(name) { names.append(name) }
        case nil: break
        default: return nil
        }
        let version: Int = if case .integer(let number)? = content[Self.versionKey] { Int(clamping: number) } else { 0 }
        for added in Self.addedByVersion.dropFirst(max(0, version)).flatMap({ $0 }) where !names.contains(added) {
            names.append(added)
        }
        self.content = content
        self.names = names
    }

    package func isEnabled(_ name: String) -> Bool { names.contains(name) }

    /// Enabled names that this version does not have; they stay in the account data.
    package var notAvailable: [String] { names.filter { !Self.available.contains($0) } }
}
