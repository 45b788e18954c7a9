package import MatrixCore
import TestSupport

/// The people and rooms of the tests.
package enum Community {
    package static let bot: UserID = "@bot:a.org"
    package static let mod: UserID = "@mod:a.org"
    package static let eve: UserID = "@eve:evil.org"
    package static let alice: UserID = "@alice:b.org"
    package static let management: RoomID = "!management:a.org"
    package static let lobby: RoomID = "!lobby:a.org"
    package static let garden: RoomID = "!garden:a.org"
    package static let list: RoomID = "!list:a.org"

    package static func user(_ number: Int, at server: String) -> UserID {
        do { return try UserID(parsing: "@user\(number):\(server)") } catch { preconditionFailure("\(error)") }
    }
}
