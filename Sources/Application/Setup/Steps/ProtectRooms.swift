import Commands
import JSON
import MatrixCore
import Observability
import Protections

/// Has the bot protect rooms: named ones, those of a space, or all that it is in.
package struct ProtectRooms: SetupStep {
    package let name = "rooms"

    package init() {}

    package func plan(_ run: SetupRun) -> [String] {
        let wishes = run.wishes
        var lines = wishes.protect.map { "protect \($0.text)" }
        lines += wishes.protectSpaces.map { "protect the rooms of the space \($0.text)" }
        if wishes.protectsJoined { lines.append("protect every room that the bot is in") }
        return lines
    }

    package func perform(_ run: inout SetupRun, _ tools: SetupTools) async throws(StepFailure) -> [String] {
        let (homeserver, session) = try run.account(name)
        var rooms: [RoomID] = []
        for named in run.wishes.protect { rooms.append(try await run.join(named, name, flag: "protect", tools)) }
        for space in run.wishes.protectSpaces {
            rooms += try await roomsOfSpace(space, &run, tools)
        }
        if run.wishes.protectsJoined {
            do throws(ServerFailure) {
                let own = [run.progress.managementRoom, run.progress.scratchRoom]
                rooms += try await homeserver.joinedRooms(session.token).filter { !own.contains($0) }
            } catch {
                throw error.ending(name, at: homeserver.baseURL, "reading which rooms the bot is in")
            }
        }
        guard !rooms.isEmpty else { return [] }
        try await run.protect(rooms, name)
        run.protected = rooms.reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
        if !run.wishes.isDryRun { await checkPower(&run) }
        return ["protects \(counted(run.protected.count, "room"))"]
    }

    /// The list is shown before any of it is joined.
    private func roomsOfSpace(
        _ space: RoomReference,
        _ run: inout SetupRun,
        _ tools: SetupTools
    ) async throws(StepFailure) -> [RoomID] {
        let (homeserver, session) = try run.account(name)
        let joined = try await run.join(space, name, flag: "protect-space", tools)
        let found: [SpaceRoom]
        do throws(ServerFailure) { found = try await homeserver.rooms(ofSpace: joined, session.token) } catch {
            throw error.ending(name, at: homeserver.baseURL, "reading the rooms of the space \(space.text)")
        }
        let rooms = found.filter { !$0.isSpace }
        tools.person.tell("the space \(space.text) has \(counted(rooms.count, "room")):")
        for room in rooms {
            let name = room.name.map { "  \(printable($0, limit: 100))" } ?? ""
            tools.person.tell("  \(printable(room.room.rawValue))\(name)")
        }
        var entered: [RoomID] = []
        for room in rooms {
            let reference = RoomReference(room.room, via: [session.user.server])
            do throws(ServerFailure) {
                entered.append(try await homeserver.enter(reference, session, name, tools))
            } catch {
                guard !error.concernsAllRooms else {
                    throw error.ending(name, at: homeserver.baseURL, "joining \(room.room)")
                }
                run.advise(
                    name,
                    "\(room.room) of the space cannot be joined, and is not protected: \(error.cause)",
                    cure: [
                        error.isForbidden
                            ? "invite \(session.user) there, then run the same again"
                            : "where the room still exists, invite \(session.user) there, then run the same again"
                    ]
                )
            }
        }
        return entered
    }

    private func checkPower(_ run: inout SetupRun) async {
        guard let homeserver = run.homeserver, let session = run.session else { return }
        for room in run.protected {
            guard let state = try? await homeserver.state(of: room, session.token) else { continue }
            let picture = RoomPicture(room, state)
            if picture.authority.creation?.roomType == "m.space" {
                run.advise(
                    name,
                    "\(room) is a space: only itself is protected, not the rooms in it",
                    cure: ["give it as --protect-space to protect its rooms"]
                )
            }
            guard let lack = PowerLack(picture, bot: session.user) else { continue }
            run.advise(name, "\(room): \(lack.cause)", cure: lack.cure)
        }
    }
}

extension SetupRun {
    /// Adds rooms to those that the bot protects, in one write.
    func protect(_ rooms: [RoomID], _ step: String) async throws(StepFailure) {
        try await changeAccountData(AccountDataType.protectedRooms, step) { (old) throws(StepFailure) in
            var data = ProtectedRoomsData()
            if let old {
                guard let readable = ProtectedRoomsData(old) else {
                    throw StepFailure(step, "the list of protected rooms cannot be read", cure: "")
                }
                data = readable
            }
            for room in rooms { data = data.adding(room) }
            return data.content
        }
    }
}

extension ServerFailure {
    /// Whether joining the next room would fare no better: one room of a server that is gone must not keep the others out.
    fileprivate var concernsAllRooms: Bool {
        switch reason {
        case .unknownHost, .nobodyThere, .tls, .limited, .cancelled: true
        case .timedOut, .cutOff, .webPage, .notMatrix, .refused, .trouble, .incomplete: isTokenRejected
        }
    }
}
