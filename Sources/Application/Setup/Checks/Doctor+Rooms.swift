import Commands
import JSON
import MatrixCore
import Moderation
import Observability
import Protections

/// What the account's rooms and its account data tell.
extension Doctor {
    /// Rooms read at once.
    private static let width = 6

    func readRooms(
        _ facts: inout DoctorFacts,
        _ homeserver: any SetupHomeserver,
        _ token: Secret,
        _ user: UserID
    ) async {
        facts.joined = (try? await homeserver.joinedRooms(token)).map { Set($0) }
        do throws(ServerFailure) { try await readAccountData(&facts, homeserver, token, user) } catch {
            facts.accountDataFailure = error
        }
        await findManagementRoom(&facts, homeserver, token, user)
        for reference in facts.watched {
            facts.listRooms[reference] = try? await homeserver.resolve(reference, token)
        }
        let wanted = Set(facts.protected + [facts.managementRoom].compactMap(\.self) + facts.listRooms.values).sorted()
        await withTaskGroup(of: RoomReading.self) { group in
            var waiting = wanted[...]
            for room in waiting.prefix(Self.width) { group.addTask { await RoomReading(of: room, homeserver, token) } }
            waiting = waiting.dropFirst(Self.width)
            while let reading = await group.next() {
                switch reading.result {
                case .success(let picture): facts.rooms[reading.room] = picture
                case .failure(let failure): facts.roomFailures[reading.room] = failure
                }
                guard let more = waiting.popFirst() else { continue }
                group.addTask { await RoomReading(of: more, homeserver, token) }
            }
        }
    }

    /// What came of reading one room.
    ///
    /// No tuple: of a task group of tuples Swift 6.3.1 makes optimised code that loses their memory.
    private struct RoomReading {
        let room: RoomID
        let result: Result<RoomPicture, ServerFailure>

        init(of room: RoomID, _ homeserver: any SetupHomeserver, _ token: Secret) async {
            self.room = room
            do throws(ServerFailure) {
                result = .success(RoomPicture(room, try await homeserver.state(of: room, token)))
            } catch {
                result = .failure(error)
            }
        }
    }

    /// A failure is no empty list: with it nothing is known.
    private func readAccountData(
        _ facts: inout DoctorFacts,
        _ homeserver: any SetupHomeserver,
        _ token: Secret,
        _ user: UserID
    ) async throws(ServerFailure) {
        if let content = try await homeserver.accountData(AccountDataType.protectedRooms, of: user, token) {
            if let data = ProtectedRoomsData(content) {
                facts.protected = data.rooms
            } else {
                facts.unreadableData.append(AccountDataType.protectedRooms.rawValue)
            }
        }
        if let content = try await homeserver.accountData(AccountDataType.watchedLists, of: user, token) {
            if let data = WatchedListsData(content) {
                facts.watched = data.references
            } else {
                facts.unreadableData.append(AccountDataType.watchedLists.rawValue)
            }
        }
    }

    private func findManagementRoom(
        _ facts: inout DoctorFacts,
        _ homeserver: any SetupHomeserver,
        _ token: Secret,
        _ user: UserID
    ) async {
        switch facts.settings.managementRoom {
        case .unset: return
        case .room(let reference):
            do throws(ServerFailure) { facts.managementRoom = try await homeserver.resolve(reference, token) } catch {
                facts.managementRoomFailure = error
            }
        case .madeFor:
            let type = AccountDataType.managementRoom
            guard let recorded = (try? await homeserver.accountData(type, of: user, token)) ?? nil else { return }
            if case .string(let link)? = recorded["room"], case .id(let room)? = RoomReference(parsing: link)?.name {
                facts.managementRoom = room
            }
        }
    }
}
