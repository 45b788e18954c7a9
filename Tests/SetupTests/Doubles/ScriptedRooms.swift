import Moderation
import JSON
import MatrixCore
import Protections
import Setup
import Synchronization

/// What a scripted homeserver does and says of rooms; nothing, until a test says otherwise.
final class ScriptedRooms: Sendable {
    let joined = Mutex<[RoomID]?>(nil)
    let space = Mutex<[SpaceRoom]>([])
    let accountData = Mutex<[EventType: Result<JSONValue, ServerFailure>]>([:])
    /// Answers to joins of a room, one after the other; without any it is joined.
    let joins = Mutex<[RoomID: [ServerFailure]]>([:])
    let done = Mutex<[Action]>([])

    func answer(_ action: Action) -> Result<ActionResult, ServerFailure>? {
        switch action {
        case .join(let reference):
            guard case .id(let room) = reference.name else { return nil }
            let failure = joins.withLock { $0[room]?.isEmpty == false ? $0[room]?.removeFirst() : nil }
            if let failure { return .failure(failure) }
            done.withLock { $0.append(action) }
            joined.withLock { $0 = ($0 ?? []) + [room] }
            return .success(.room(room, via: []))
        case .setAccountData(let type, let content):
            accountData.withLock { $0[type] = .success(content) }
            return .success(.done)
        default:
            guard joined.withLock({ $0 }) != nil else { return nil }
            done.withLock { $0.append(action) }
            return .success(.done)
        }
    }
}
