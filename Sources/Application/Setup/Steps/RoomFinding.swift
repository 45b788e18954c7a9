import Commands
import JSON
import MatrixCore
import Moderation
import Protections

/// A kind of room that setup makes, and how it is found again where the answer was lost.
enum MadeRoom: String, Sendable {
    case management, list
    case selfTest = "self-test"

    /// In the create event's content: the setup's mark, and the kind.
    static let key = "space.draupnir.setup"

    func creation(_ progress: SetupProgress, _ other: JSONValue = [:]) -> JSONValue {
        other.setting(Self.key, to: ["setup": .string(progress.mark), "room": .string(rawValue)])
    }

    func matches(_ creation: JSONValue?, _ progress: SetupProgress) -> Bool {
        guard let mark = creation?[Self.key] else { return false }
        return mark["setup"] == .string(progress.mark) && mark["room"] == .string(rawValue)
    }
}

extension SetupRun {
    /// A room of this kind that an earlier run has made without having heard of it; a joined one, by its create event.
    func lost(_ kind: MadeRoom, _ step: String) async throws(StepFailure) -> RoomID? {
        guard progress.pending.contains(kind.rawValue) else { return nil }
        let (homeserver, session) = try account(step)
        do throws(ServerFailure) {
            for room in try await homeserver.joinedRooms(session.token).reversed() {
                let creation = try await homeserver.stateContent(StateKey(.create), in: room, session.token)
                if kind.matches(creation, progress) { return room }
            }
            return nil
        } catch {
            throw error.ending(step, at: homeserver.baseURL, "looking for the room that an earlier run may have made")
        }
    }

    /// Makes the room, after it was noted that it is being made.
    mutating func make(
        _ kind: MadeRoom,
        _ template: RoomTemplate,
        _ step: String,
        _ tools: SetupTools
    ) async throws(StepFailure) -> RoomID {
        let (homeserver, session) = try account(step)
        progress.pending.insert(kind.rawValue)
        try save(tools)
        var template = template
        template.creationContent = kind.creation(progress, template.creationContent)
        do throws(ServerFailure) {
            let answer = try await waitingOutLimits(tools.clock, shorterThan: .seconds(120)) { delay in
                tools.tellOfLimit(step, on: "making rooms", delay)
            } _: { [template] () async throws(ServerFailure) in
                try await homeserver.perform(
                    .createRoom(template),
                    as: session.user,
                    session.token,
                    transaction: kind.rawValue
                )
            }
            guard case .room(let room, _) = answer else {
                throw ServerFailure("POST createRoom", .incomplete("a room_id"))
            }
            return room
        } catch {
            throw error.ending(step, at: homeserver.baseURL, "making the room")
        }
    }

    /// Account data, changed by a pure function; written only where it changes.
    func changeAccountData(
        _ type: EventType,
        _ step: String,
        _ change: (JSONValue?) throws(StepFailure) -> JSONValue
    ) async throws(StepFailure) {
        let (homeserver, session) = try account(step)
        do throws(ServerFailure) {
            let old = try await homeserver.accountData(type, of: session.user, session.token)
            let new: JSONValue
            do throws(StepFailure) { new = try change(old) } catch {
                throw ServerFailure("account data \(type)", .incomplete(error.cause))
            }
            guard new != old else { return }
            _ = try await homeserver.perform(
                .setAccountData(type, content: new),
                as: session.user,
                session.token,
                transaction: ""
            )
        } catch {
            throw error.ending(step, at: homeserver.baseURL, "writing the bot's account data \(type)")
        }
    }

    /// The room behind an ID, an alias or a link, joined.
    func join(
        _ room: RoomReference,
        _ step: String,
        flag: String,
        _ tools: SetupTools
    ) async throws(StepFailure) -> RoomID {
        let (homeserver, session) = try account(step)
        do throws(ServerFailure) {
            return try await homeserver.enter(room, session, step, tools)
        } catch {
            switch error.reason {
            case .refused(404, _, _):
                throw StepFailure(
                    step,
                    "--\(flag) \(room.text): there is no such room, or nobody of it can be asked",
                    cure: "correct it; a link from a client's “share” brings the servers to ask",
                    kind: .usage
                )
            case .refused(403, _, _):
                throw StepFailure(
                    step,
                    "--\(flag) \(room.text): the bot may not join (\(error.cause))",
                    cure: ["invite \(session.user) there, then run the same again"]
                )
            default: throw error.ending(step, at: homeserver.baseURL, "joining \(room.text)")
            }
        }
    }

    /// Nil where the homeserver does not say.
    var defaultRoomVersion: String? {
        get async {
            guard let homeserver, let session else { return nil }
            return try? await homeserver.defaultRoomVersion(session.token)
        }
    }
}

extension RoomAccess {
    /// Joins the room, at the pace that the server allows: Synapse lets an account join one in ten seconds, or in a hundred.
    func enter(
        _ room: RoomReference,
        _ session: AccountSession,
        _ step: String,
        _ tools: SetupTools
    ) async throws(ServerFailure) -> RoomID {
        let answer = try await waitingOutLimits(tools.clock, shorterThan: .seconds(300)) { delay in
            tools.tellOfLimit(step, on: "joining", delay)
        } _: { () async throws(ServerFailure) in
            try await perform(.join(room), as: session.user, session.token, transaction: "")
        }
        guard case .room(let joined, _) = answer else { throw ServerFailure("POST join", .incomplete("a room_id")) }
        return joined
    }
}
