import JSON
import MatrixCore

/// Rooms with people in them, made for one test.
struct Community: Sendable {
    /// Made all rooms.
    let owner: TestClient
    let rooms: [RoomID]
    let members: [TestClient]
}

extension Synapse {
    /// Makes rooms of one owner in which everybody is, as fast as the homeserver allows.
    ///
    /// `members` come besides the owner and the `admins`, who join every room too and have power level 100 there, one below the owner's.
    func makeCommunity(
        rooms: Int,
        members: Int,
        admins: [TestClient] = [],
        version: String = "11"
    ) async throws -> Community {
        let owner = try await register("owner")
        let everybody = try await register("member", count: members)
        if options.limitsRates { try await liftLimits(of: [owner] + everybody + admins) }
        var levels: JSONValue = [:]
        // In room version 12 the creator stands above all levels, and must not be given one.
        if version != "12" { levels = levels.with(owner.userID.rawValue, 101) }
        for admin in admins { levels = levels.with(admin.userID.rawValue, 100) }
        let powerLevels: JSONValue = ["users": levels]
        let made = try await concurrently(0..<rooms, width: 4) { index in
            var room = NewRoom(version: version, name: "Room \(index + 1)")
            room.powerLevels = powerLevels
            return try await owner.createRoom(room)
        }
        // One room after the other for each account: Synapse lets joins of one room queue up.
        try await concurrently(everybody + admins) { account in
            for room in made { try await account.join(room) }
        }
        return Community(owner: owner, rooms: made, members: everybody)
    }

    /// Nobody waits for a community to be made.
    private func liftLimits(of accounts: [TestClient]) async throws {
        let admin = try await register("admin", isAdmin: true)
        try await concurrently(accounts) { try await admin.setRateLimit(of: $0.userID, perSecond: 0, burst: 0) }
    }
}
