import JSON
import MatrixCore

/// What is looked for in an answer of `/sync`.
enum SyncPlan {
    enum Path: Int, CaseIterable {
        case position, joined, left, invited
        case timeline, state
        case stateAfter, stateAfterEvents, unstableStateAfter, unstableStateAfterEvents
        case limited, previousBatch
        case leftTimeline, leftState, inviteState
        case accountData
    }

    static let paths: [ScanPath] = Path.allCases.map { path in
        switch path {
        case .position: ScanPath("next_batch", as: .text)
        case .joined: ScanPath("rooms.join.*", as: .object)
        case .left: ScanPath("rooms.leave.*", as: .object)
        case .invited: ScanPath("rooms.invite.*", as: .object)
        case .timeline: ScanPath("rooms.join.*.timeline.events[]", fields: EventFields.plan)
        case .state: ScanPath("rooms.join.*.state.events[]", fields: EventFields.statePlan)
        case .stateAfter: ScanPath("rooms.join.*.state_after", as: .object)
        case .stateAfterEvents: ScanPath("rooms.join.*.state_after.events[]", fields: EventFields.statePlan)
        case .unstableStateAfter: ScanPath(unstableStateAfter([]), as: .object)
        case .unstableStateAfterEvents:
            ScanPath(unstableStateAfter([.member("events"), .anyElement]), fields: EventFields.statePlan)
        case .limited: ScanPath("rooms.join.*.timeline.limited", as: .boolean)
        case .previousBatch: ScanPath("rooms.join.*.timeline.prev_batch", as: .text)
        case .leftTimeline: ScanPath("rooms.leave.*.timeline.events[]", fields: EventFields.plan)
        case .leftState: ScanPath("rooms.leave.*.state.events[]", fields: EventFields.statePlan)
        case .inviteState: ScanPath("rooms.invite.*.invite_state.events[]", fields: EventFields.statePlan)
        case .accountData:
            ScanPath(
                "account_data.events[]",
                fields: [ScanField("type", as: .text), ScanField("content", as: .object)]
            )
        }
    }
}

/// The name has dots in it, so the steps are given one by one.
private func unstableStateAfter(_ rest: [JSONPath.Step]) -> JSONPath {
    JSONPath([.member("rooms"), .member("join"), .anyMember, .member("org.matrix.msc4222.state_after")] + rest)
}

/// Where in a scanned answer each room's parts are, by the numbers of the elements.
struct SyncContents {
    struct JoinedRoom {
        var state: [Int] = []
        /// The state at the end of the timeline; nil where the server does not give it.
        var stateAfter: [Int]?
        var timeline: [Int] = []
        var isLimited = false
        var previousBatch: String?
    }

    private(set) var position: String?
    /// In the order of the text.
    private(set) var joined: [(room: RoomID, parts: JoinedRoom)] = []
    private(set) var left: [(room: RoomID, events: [Int])] = []
    private(set) var invited: [(room: RoomID, events: [Int])] = []
    private(set) var accountData: [Int] = []

    init(_ scan: borrowing Scan) {
        var joinedPlaces: [Int: Int] = [:]
        var leftPlaces: [Int: Int] = [:]
        var invitedPlaces: [Int: Int] = [:]
        for index in 0..<scan.count {
            scan.withElement(index) { element in
                guard let path = SyncPlan.Path(rawValue: element.path) else { return }
                let key = element.keyNumber
                switch path {
                case .position: position = element.string(0) ?? position
                case .accountData: accountData.append(index)
                case .joined, .timeline, .state, .stateAfter, .stateAfterEvents, .unstableStateAfter,
                    .unstableStateAfterEvents, .limited, .previousBatch:
                    guard
                        let place = place(
                            key,
                            scan,
                            &joinedPlaces,
                            add: { joined.append(($0, JoinedRoom())) },
                            joined.count
                        )
                    else { return }
                    switch path {
                    case .timeline: joined[place].parts.timeline.append(index)
                    case .state: joined[place].parts.state.append(index)
                    case .stateAfter, .unstableStateAfter:
                        joined[place].parts.stateAfter = joined[place].parts.stateAfter ?? []
                    case .stateAfterEvents, .unstableStateAfterEvents:
                        joined[place].parts.stateAfter = (joined[place].parts.stateAfter ?? []) + [index]
                    case .limited: joined[place].parts.isLimited = element.boolean(0) ?? false
                    case .previousBatch: joined[place].parts.previousBatch = element.string(0)
                    default: break
                    }
                case .left, .leftTimeline, .leftState:
                    guard let place = place(key, scan, &leftPlaces, add: { left.append(($0, [])) }, left.count) else {
                        return
                    }
                    if path != .left { left[place].events.append(index) }
                case .invited, .inviteState:
                    guard let place = place(key, scan, &invitedPlaces, add: { invited.append(($0, [])) }, invited.count)
                    else { return }
                    if path != .invited { invited[place].events.append(index) }
                }
            }
        }
    }

    /// The room's place in its list, made now where the room is new; nil where its key is no room ID.
    private func place(
        _ key: Int?,
        _ scan: borrowing Scan,
        _ places: inout [Int: Int],
        add: (RoomID) -> Void,
        _ next: Int
    ) -> Int? {
        guard let key else { return nil }
        if let known = places[key] { return known < 0 ? nil : known }
        guard let room = scan.key(key).flatMap({ try? RoomID(parsing: $0) }) else {
            places[key] = -1
            return nil
        }
        add(room)
        places[key] = next
        return next
    }
}
