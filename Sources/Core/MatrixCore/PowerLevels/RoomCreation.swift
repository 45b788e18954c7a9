package import JSON

/// What a room's `m.room.create` event says about its version and its creators.
///
/// - Source: Matrix spec, Client-Server API, "m.room.create"; room version 12 for creators' power.
package struct RoomCreation: Sendable, Equatable {
    package let version: String
    package let sender: UserID
    package let additionalCreators: [UserID]
    /// The room's `type`, such as `m.space` or `m.policy`.
    package let roomType: String?

    package init(version: String, sender: UserID, additionalCreators: [UserID] = [], roomType: String? = nil) {
        self.version = version
        self.sender = sender
        self.additionalCreators = additionalCreators
        self.roomType = roomType
    }

    package init(sender: UserID, content: JSONView) {
        var creators: [UserID] = []
        content["additional_creators"]?.forEachElement { element in
            if let user = element.string.flatMap({ try? UserID(parsing: $0) }) { creators.append(user) }
        }
        self.init(
            version: content["room_version"]?.string ?? "1",
            sender: sender,
            additionalCreators: creators,
            roomType: content["type"]?.string
        )
    }

    /// Whether creators stand above every level; unknown versions that are no number are taken for older ones.
    package static func privilegesCreators(version: String) -> Bool { (Int(version) ?? 0) >= 12 }

    package var privilegesCreators: Bool { Self.privilegesCreators(version: version) }

    package func isPrivileged(_ user: UserID) -> Bool {
        privilegesCreators && (user == sender || additionalCreators.contains(user))
    }
}
