package import JSON
package import MatrixCore

/// A room to be made.
package struct RoomTemplate: Sendable, Equatable, Codable {
    package enum Preset: String, Sendable, Codable {
        case privateChat = "private_chat"
        case publicChat = "public_chat"
    }

    package var name: String?
    package var aliasLocalpart: String?
    package var preset: Preset
    package var invite: [UserID]
    /// `creation_content`, such as the room's `type`.
    package var creationContent: JSONValue
    package var powerLevels: JSONValue
    package var initialState: [InitialState]
    /// Nil takes the server's default.
    package var version: String?

    package struct InitialState: Sendable, Equatable, Codable {
        package var type: EventType
        package var key: String
        package var content: JSONValue

        package init(type: EventType, key: String = "", content: JSONValue) {
            self.type = type
            self.key = key
            self.content = content
        }
    }

    package init(
        name: String? = nil,
        aliasLocalpart: String? = nil,
        preset: Preset,
        invite: [UserID] = [],
        creationContent: JSONValue = [:],
        powerLevels: JSONValue = [:],
        initialState: [InitialState] = [],
        version: String? = nil
    ) {
        self.name = name
        self.aliasLocalpart = aliasLocalpart
        self.preset = preset
        self.invite = invite
        self.creationContent = creationContent
        self.powerLevels = powerLevels
        self.initialState = initialState
        self.version = version
    }
}
