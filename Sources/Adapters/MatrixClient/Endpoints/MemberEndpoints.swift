import HTTPClient
import JSON
import MatrixCore
import Moderation

extension MatrixClient {
    /// Invites, bans, unbans and kicks differ in their last word and in nothing else.
    func change(
        _ user: UserID,
        by verb: String,
        in room: RoomID,
        reason: String = ""
    ) async throws(HomeserverError) -> ActionResult {
        var body = JSONObject()
        body["user_id"] = .string(user.rawValue)
        if !reason.isEmpty { body["reason"] = .string(reason) }
        return try await done(Endpoint(.post, room: room, [verb], body: .object(body)))
    }

    /// For what is answered with an empty object.
    func done(_ endpoint: Endpoint) async throws(HomeserverError) -> ActionResult {
        try await answer(to: endpoint).read("a JSON object") { $0.kind == .object ? .done : nil }
    }
}
