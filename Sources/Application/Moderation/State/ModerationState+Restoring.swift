import Commands
import FoundationEssentials
import JSON
import MatrixCore
import PolicyEngine
import RoomState

/// What was committed before, read back.
extension ModerationState {
    mutating func restore(_ documents: [DocumentName: JSONValue]) {
        for (name, content) in documents {
            switch name {
            case .managementRoom: bot.managementRoom = content.text.flatMap { try? RoomID(parsing: $0) }
            case .joinedRooms:
                bot.joined = Set(content.elements.compactMap { $0.text.flatMap { try? RoomID(parsing: $0) } })
            case .resolvedAliases: restoreAliases(content)
            case .heldRules: restoreHeldRules(content)
            case .unjudgedRules: unjudgedRules = Set(content.elements.compactMap(PolicyRule.ID.init))
            case .finishedCommands:
                finishedCommands = content.elements.compactMap { $0.text.flatMap { try? EventID(parsing: $0) } }
            case .paused: queue.isPaused = content == true
            case .protectedRoomCount:
                if case .integer(let count) = content { protectedAtLastRun = Int(clamping: count) }
            case .ownACLEntries(let room): ownACLEntries[room] = content.elements.compactMap(\.text)
            case .run(let key): runs[key] = content.text.flatMap(Run.init(stored:))
            case .account, .accountData: break
            }
        }
        for (name, content) in documents {
            if case .accountData(let type) = name { adopt(accountData: type, content, isNews: false) }
        }
        // Adopting writes; what was read is on disk already.
        draft = Changeset()
    }

    mutating func restore(_ stored: [StoredRoom]) {
        rooms.reserve(
            members: stored.reduce(0) { $0 + $1.snapshot.count / 24 + $1.members.count },
            bytes: stored.reduce(0) { $0 + $1.snapshot.count }
        )
        for room in stored {
            rooms.track(room.room)
            if !rooms.restore(room.snapshot, of: room.room) { loading[room.room] = [] }
            memberChanges[room.room] = room.members.count
            for member in room.members {
                guard let record = MemberRecord(byte: member.record) else { continue }
                _ = rooms.setMember(member.user, record, in: room.room)
            }
            for event in room.state { _ = rooms.keep(event, in: room.room) }
            if bot.watches(room.room) {
                _ = policies.watch(PolicyList(room: room.room, events: room.state.filter(\.isPolicy)))
            }
            if bot.protects(room.room) { rooms.setProtected(true, room.room) }
        }
        for held in heldRules { policies.hold(held.id) }
        heldRules.removeAll { !policies.isHeld($0.id) }
        // They are on disk, and nobody has judged them.
        for id in unjudgedRules { if let rule = policies[rule: id] { policyChanges.append(.added(rule)) } }
    }

    private mutating func restoreAliases(_ content: JSONValue) {
        guard case .object(let object) = content else { return }
        for member in object.members {
            guard let alias = try? RoomAlias(parsing: member.name),
                let room = member.value.text.flatMap({ try? RoomID(parsing: $0) })
            else { continue }
            bot.resolved[alias] = room
        }
    }
}

extension Run {
    init?(stored text: String) {
        guard let run = try? JSONDecoder().decode(Run.self, from: Data(text.utf8)) else { return nil }
        self = run
    }

    /// For the store; a run that cannot be encoded is not resumed after a crash.
    var stored: JSONValue? {
        (try? JSONEncoder().encode(self)).map { .string(String(decoding: $0, as: UTF8.self)) }
    }
}

extension JSONValue {
    var text: String? { if case .string(let text) = self { text } else { nil } }
    var elements: [JSONValue] { if case .array(let elements) = self { elements } else { [] } }
}
