package import JSON
package import MatrixCore
package import Moderation
package import Protections

extension SimulatedHomeserver {
    /// The homeserver as one user sees it.
    package struct Account: Homeserver {
        package let user: UserID
        let homeserver: SimulatedHomeserver
    }
}

extension SimulatedHomeserver.Account {
    package func identity() async throws(HomeserverError) -> Identity {
        try await small(.identity) { [user] _, _ in Identity(user: user, device: "SIMULATED") }
    }

    package func sync(_ request: SyncRequest) async throws(HomeserverError) -> any PaddedBytes {
        body(of: try await homeserver.sync(request, by: user))
    }

    package func state(of room: RoomID) async throws(HomeserverError) -> any PaddedBytes {
        let answer = try await homeserver.answer(.state(room), by: user) { [user] world, now throws(HomeserverError) in
            try world.stateBody(of: room, for: user, now: now)
        }
        return body(of: answer)
    }

    package func messages(
        in room: RoomID,
        from: String,
        to: String?,
        limit: Int
    ) async throws(HomeserverError) -> any PaddedBytes {
        let call = Call.messages(room, from: from, to: to, limit: limit)
        let answer = try await homeserver.answer(call, by: user) { [user] world, now throws(HomeserverError) in
            try world.messagesBody(in: room, from: from, to: to, limit: limit, for: user, now: now)
        }
        return body(of: answer)
    }

    package func accountData(_ type: EventType) async throws(HomeserverError) -> JSONValue? {
        try await small(.accountData(type)) { [user] world, _ in world.accounts[user]?.data[type]?.content }
    }

    package func joinedRooms() async throws(HomeserverError) -> [RoomID] {
        try await small(.joinedRooms) { [user] world, _ in world.joinedRooms(of: user) }
    }

    package func displayName() async throws(HomeserverError) -> String? {
        try await small(.displayName) { [user] world, _ in world.accounts[user]?.displayName }
    }

    package func stateContent(_ key: StateKey, in room: RoomID) async throws(HomeserverError) -> JSONValue? {
        try await small(.stateContent(key, in: room)) { [user] world, _ throws(HomeserverError) in
            try world.stateContent(key, in: room, for: user)
        }
    }

    package func defaultRoomVersion() async throws(HomeserverError) -> String {
        try await small(.defaultRoomVersion) { world, _ in world.defaultRoomVersion }
    }

    package func perform(_ action: Action, transaction: String) async throws(HomeserverError) -> ActionResult {
        try await small(.action(action, transaction: transaction)) { [user] world, now throws(HomeserverError) in
            try world.perform(action, by: user, transaction: transaction, at: now)
        }
    }

    /// A call whose answer is read whole or not at all.
    private func small<Value: Sendable>(
        _ call: Call,
        _ act: @escaping @Sendable (inout World, Moment) throws(HomeserverError) -> Value
    ) async throws(HomeserverError) -> Value {
        try await homeserver.answer(call, by: user, act).value
    }

    private func body(of answer: Answer<JSONValue>) -> any PaddedBytes {
        let bytes = answer.value.encoded()
        return OwnedPaddedBytes(Array(bytes.prefix(answer.keptBytes ?? bytes.count)))
    }
}
