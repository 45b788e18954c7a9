import MatrixCore
package import Moderation
package import Protections

extension MatrixClient {
    package func perform(_ action: Action, transaction: String) async throws(HomeserverError) -> ActionResult {
        switch action {
        case .ban(let user, let room, let reason): try await change(user, by: "ban", in: room, reason: reason)
        case .unban(let user, let room): try await change(user, by: "unban", in: room)
        case .kick(let user, let room, let reason): try await change(user, by: "kick", in: room, reason: reason)
        case .invite(let user, let room): try await change(user, by: "invite", in: room)
        case .setServerACL(let acl, let room):
            try await sendState(StateKey(.serverACL), content: acl.json, in: room)
        case .sendState(let type, let key, let content, let room):
            try await sendState(StateKey(type, key), content: content, in: room)
        case .sendEvent(let type, let content, let room):
            try await sendEvent(type, content: content, in: room, transaction: transaction)
        case .redact(let event, let reason, let room):
            try await redact(event, reason: reason, in: room, transaction: transaction)
        case .join(let room): try await join(room)
        case .leave(let room): try await leave(room)
        case .createRoom(let template): try await createRoom(template)
        case .setAccountData(let type, let content): try await setAccountData(type, content: content)
        case .resolve(let alias): try await resolve(alias)
        case .loadState, .fillGap, .askRoomVersion, .changeAccountData:
            throw .refused(status: 0, code: "", message: "not one request: it has a method of its own")
        }
    }
}
