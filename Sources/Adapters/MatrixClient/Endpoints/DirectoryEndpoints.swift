import HTTPClient
import JSON
import MatrixCore
import Moderation

extension MatrixClient {
    func resolve(_ alias: RoomAlias) async throws(HomeserverError) -> ActionResult {
        try await answer(to: Endpoint(.get, ["directory", "room", alias.rawValue])).read("room_id") { answer in
            guard let room = answer["room_id"]?.identifier(RoomID.self) else { return nil }
            var via: [ServerName] = []
            answer["servers"]?.forEachElement { element in
                if let server = element.identifier(ServerName.self) { via.append(server) }
            }
            return .room(room, via: via)
        }
    }
}
