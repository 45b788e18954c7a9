import Testing

/// What the bot relies on, whatever homeserver it is: one clause, one test.
///
/// What is asked for here was seen on Synapse 1.163.
package enum HomeserverContract: String, CaseIterable, Sendable, CustomTestStringConvertible {
    case identity = "says whose token it is, and the name in the profile"
    case accountData = "keeps account data, and has none before"
    case joinedRooms = "lists the rooms that the account is in"
    case newRoom = "makes a room as it is asked to"
    case versions = "makes rooms of the versions 10, 11 and 12, with creators as each has them"
    case aliases = "finds a room by its alias"
    case ban = "bans, also whom it has not seen, and again without a second event"
    case unban = "unbans once, and refuses it for whoever is not banned"
    case kick = "kicks members only"
    case invite = "invites into a private room, once"
    case power = "refuses who has too little power"
    case creators = "lets nobody touch a creator of version 12"
    case strangers = "shows nothing to strangers, and knows no unknown room"
    case state = "writes and reads state events"
    case sending = "makes one event of a repeated request"
    case redaction = "takes away what a message said"
    case paging = "pages back through all of a room, each event once"
    case firstSync = "gives rooms and state in the first sync, and only news later"
    case stateAfter = "gives state that changes in the timeline again where it gives the state after it"
    case lazySync = "leaves out silent members when asked to"
    case waitingSync = "answers a waiting sync when something happens"
    case gap = "tells of a gap, its state, and the way to fill it"
    case membershipSync = "tells of invitations, joins and the end of a membership"
    case badToken = "refuses a sync position that it never gave"
    case notOneRequest = "refuses actions that are no single request"

    package var testDescription: String { rawValue }

    package func check(on fixture: some HomeserverFixture) async throws {
        let check = ContractCheck(fixture: fixture)
        switch self {
        case .identity: try await check.identity()
        case .accountData: try await check.accountData()
        case .joinedRooms: try await check.joinedRooms()
        case .newRoom: try await check.newRoom()
        case .versions: try await check.versions()
        case .aliases: try await check.aliases()
        case .ban: try await check.ban()
        case .unban: try await check.unban()
        case .kick: try await check.kick()
        case .invite: try await check.invite()
        case .power: try await check.power()
        case .creators: try await check.creators()
        case .strangers: try await check.strangers()
        case .state: try await check.state()
        case .sending: try await check.sending()
        case .redaction: try await check.redaction()
        case .paging: try await check.paging()
        case .firstSync: try await check.firstSync()
        case .stateAfter: try await check.stateAfter()
        case .lazySync: try await check.lazySync()
        case .waitingSync: try await check.waitingSync()
        case .gap: try await check.gap()
        case .membershipSync: try await check.membershipSync()
        case .badToken: try await check.badToken()
        case .notOneRequest: try await check.notOneRequest()
        }
    }
}
