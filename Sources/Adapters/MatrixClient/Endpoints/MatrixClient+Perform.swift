import JSON
import MatrixCore
package import Moderation
package import Protections

extension MatrixClient {
    package func perform(_ action: Action, transaction: String) async throws(HomeserverError) -> ActionResult {
        if case .resolve(let alias) = action { return try await resolve(alias) }
        var user: UserID?
        if case .setAccountData = action { user = try await ownUser() }
        guard let endpoint = Endpoint(action, of: user, transaction: transaction, slowTime: limits.slowTime) else {
            throw .refused(status: 0, code: "", message: "not one request: it has a method of its own")
        }
        let body = try await answer(to: endpoint)
        switch action.answerKind {
        case .room: return .room(try body.read("room_id") { $0["room_id"]?.identifier(RoomID.self) }, via: [])
        case .event: return .event(try body.read("event_id") { $0["event_id"]?.identifier(EventID.self) })
        case .nothing: return try body.read("a JSON object") { $0.kind == .object ? .done : nil }
        }
    }
}
