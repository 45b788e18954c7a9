import JSON
import MatrixCore
import RoomState

extension RoomStates {
    /// Sets a membership as its own sender would.
    @discardableResult
    mutating func set(
        _ user: UserID,
        _ membership: Membership,
        in room: RoomID,
        byOther: Bool = false
    )
        -> MemberTransition?
    {
        setMember(user, MemberRecord(membership, wasSetByOther: byOther), in: room)
    }

    func members(of room: RoomID) -> [UserID: MemberRecord] {
        var members: [UserID: MemberRecord] = [:]
        forEachMember(of: room) { members[$0] = $1 }
        return members
    }

    func present(in room: RoomID) -> [String] {
        var present: [String] = []
        forEachPresent(in: room) { present.append(text($0)) }
        return present.sorted()
    }

    var presentEverywhere: [String] {
        var present: [String] = []
        forEachPresentUser { user, _ in present.append(text(user)) }
        return present.sorted()
    }
}

func text(_ bytes: Span<UInt8>) -> String {
    var copy: [UInt8] = []
    for index in bytes.indices { copy.append(bytes[index]) }
    return String(decoding: copy, as: UTF8.self)
}

/// Takes in every event of an array as `/sync` would bring it.
func ingest(_ events: String, into rooms: inout RoomStates, of room: RoomID) throws -> [Outcome] {
    let plan = [ScanPath("[]", fields: EventFields.plan)]
    return try JSONScanner(plan).scan(OwnedPaddedBytes(events)) { scan in
        var outcomes: [Outcome] = []
        scan.forEach { element in outcomes.append(Outcome(rooms.ingest(element, in: scan, of: room))) }
        return outcomes
    }
}

/// `Ingested`, to be compared.
enum Outcome: Equatable {
    case member(MemberTransition)
    case known, other
    case malformed(MalformedEvent)

    init(_ ingested: Ingested) {
        switch ingested {
        case .member(let transition): self = .member(transition)
        case .knownMember: self = .known
        case .other: self = .other
        case .malformed(let event): self = .malformed(event)
        }
    }
}
