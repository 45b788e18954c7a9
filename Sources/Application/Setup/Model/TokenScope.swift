/// What an OAuth 2.0 token is good for.
///
/// - Source: Matrix spec, Client-Server API, "Scope"; before v1.15 MSC2967. Names of both kinds in one scope are refused.
package struct TokenScope: Sendable, Equatable {
    package var device: String
    package var isServerAdmin: Bool
    package var usesStableNames: Bool

    package init(device: String, isServerAdmin: Bool, usesStableNames: Bool) {
        self.device = device
        self.isServerAdmin = isServerAdmin
        self.usesStableNames = usesStableNames
    }

    package var text: String {
        let space = Self.space(usesStableNames)
        return "\(Self.clientAPI(isStable: usesStableNames)) \(space):device:\(device)"
            + (isServerAdmin ? " urn:synapse:admin:*" : "")
    }

    /// Of the client-server API, without which a token is good for nothing on a homeserver.
    package static func clientAPI(isStable: Bool) -> String { space(isStable) + ":api:*" }

    private static func space(_ isStable: Bool) -> String {
        isStable ? "urn:matrix:client" : "urn:matrix:org.matrix.msc2967.client"
    }

    /// Of the Matrix Authentication Service's own admin API.
    package static let serviceAdmin = "urn:mas:admin"

    /// Whether a scope, and a command line, can name the device: servers give out others too.
    package static func isDevice(_ text: String) -> Bool {
        text.utf8.count >= 10 && text.utf8.first != UInt8(ascii: "-")
            && text.utf8.allSatisfy { byte in
                (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
                    || "._~-".utf8.contains(byte)
            }
    }

    /// Longer than the ten letters that are the fewest.
    package static func newDevice(_ clock: any SetupClock) -> String {
        "DRAUPNIR" + String(decoding: clock.randomBytes(8).map { 0x41 + $0 % 26 }, as: UTF8.self)
    }
}

extension ServerVersions {
    /// Whether scopes have their stable names.
    package var hasStableScopes: Bool { versions.contains("v1.15") }
}
