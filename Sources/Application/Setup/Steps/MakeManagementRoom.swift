import Commands
import JSON
import MatrixCore
import Protections

/// Has a room in which moderators command the bot: the named one, the one made before, or a new one.
package struct MakeManagementRoom: SetupStep {
    package let name = "management-room"

    package init() {}

    package func plan(_ run: SetupRun) -> [String] {
        if let room = run.progress.managementRoom { return ["keep the management room \(room)"] }
        if let room = run.wishes.managementRoom { return ["join the management room \(room.text) and check it"] }
        return ["make a management room and invite \(run.wishes.managers.map(\.rawValue).joined(separator: ", "))"]
    }

    package func perform(_ run: inout SetupRun, _ tools: SetupTools) async throws(StepFailure) -> [String] {
        let session = try run.account(name).1
        var lines: [String] = []
        let room: RoomID
        if let named = run.wishes.managementRoom {
            room = try await run.join(named, name, flag: "management-room", tools)
            lines.append("joined \(room)")
        } else if let own = try await own(&run) {
            room = own
            run.progress.madeManagementRoom = true
            lines.append("kept the management room \(room)")
        } else {
            // Reached also where an earlier room is lost, and then nobody has been asked for.
            guard !run.wishes.managers.isEmpty else {
                throw .missing(
                    "manager",
                    run.progress.managementRoom.map {
                        "the bot is not in \($0) any more, and a new room needs somebody in it"
                    }
                        ?? "the management room that is to be made needs somebody in it"
                )
            }
            var template = RoomTemplate.managementRoom(
                for: run.wishes.managers,
                bot: session.user,
                version: await run.defaultRoomVersion
            )
            template.initialState = [
                .init(type: .historyVisibility, content: ["history_visibility": "shared"]),
                .init(type: EventType(rawValue: "m.room.guest_access"), content: ["guest_access": "forbidden"]),
            ]
            room = try await run.make(.management, template, name, tools)
            run.progress.madeManagementRoom = true
            lines.append("made \(room) and invited \(run.wishes.managers.map(\.rawValue).joined(separator: ", "))")
        }
        run.progress.managementRoom = room
        run.progress.managers.formUnion(run.wishes.managers)
        run.progress.pending.remove(MadeRoom.management.rawValue)
        try run.save(tools)
        if run.progress.madeManagementRoom {
            let link = Permalink(.room(RoomReference(room, via: [session.user.server]))).text
            try await run.changeAccountData(AccountDataType.managementRoom, name) { old in
                (old ?? [:]).setting("room", to: .string(link))
            }
        }
        if !run.wishes.isDryRun { lines += try await check(room, &run) }
        return lines
    }

    /// The room of an earlier run, where the bot is still in it.
    private func own(_ run: inout SetupRun) async throws(StepFailure) -> RoomID? {
        let (homeserver, session) = try run.account(name)
        do throws(ServerFailure) {
            let joined = try await homeserver.joinedRooms(session.token)
            if let room = run.progress.managementRoom, joined.contains(room) { return room }
            let recorded = try await homeserver.accountData(
                AccountDataType.managementRoom,
                of: session.user,
                session.token
            )
            if case .string(let link)? = recorded?["room"], case .id(let room)? = RoomReference(parsing: link)?.name,
                joined.contains(room)
            {
                return room
            }
        } catch {
            throw error.ending(name, at: homeserver.baseURL, "looking for the bot's management room")
        }
        return try await run.lost(.management, name)
    }

    private func check(_ room: RoomID, _ run: inout SetupRun) async throws(StepFailure) -> [String] {
        let (homeserver, session) = try run.account(name)
        let state: [StateEvent]
        do throws(ServerFailure) { state = try await homeserver.state(of: room, session.token) } catch {
            throw error.ending(name, at: homeserver.baseURL, "reading the management room")
        }
        let picture = RoomPicture(room, state)
        let verdict = ManagementRoomVerdict(picture, bot: session.user, managers: run.progress.managers.sorted())
        if let fatal = verdict.fatal {
            throw StepFailure(name, "\(room): \(fatal.cause)", cure: fatal.cure)
        }
        if let unsafe = verdict.unsafe, !run.wishes.allowsStrangers {
            throw StepFailure(
                name,
                "\(room): \(unsafe.cause)",
                cure: unsafe.cure + ["to take it as it is, give --allow-strangers"],
                kind: .refused
            )
        }
        for item in verdict.notes { run.advise(name, item.cause, cure: item.cure) }
        for manager in run.wishes.managers
        where picture.members[manager].map({ ![.join, .invite].contains($0) }) ?? true {
            do throws(ServerFailure) {
                _ = try await homeserver.perform(
                    .invite(manager, in: room),
                    as: session.user,
                    session.token,
                    transaction: ""
                )
            } catch {
                run.advise(
                    name,
                    "\(manager) is not in \(room) and could not be invited: \(error.cause)",
                    cure: ["invite them there"]
                )
            }
        }
        return []
    }
}
