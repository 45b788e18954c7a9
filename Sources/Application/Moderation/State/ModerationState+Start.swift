import Commands
import JSON
import MatrixCore
import Protections
import RoomState

/// From the first answer of sync to enforcing.
extension ModerationState {
    private static let startupRun = "$startup"

    /// Goes as far as what is known allows.
    mutating func advanceStart() {
        if phase == .findingManagementRoom {
            resumeRunsOfEndedRows()
            findManagementRoom()
        }
        if phase == .loadingRooms, isEverythingLoaded { beginEnforcing() }
    }

    // MARK: The management room

    private mutating func findManagementRoom() {
        guard let key = try? EventID(parsing: Self.startupRun) else { return }
        let run = runs[key] ?? Run(key: key, kind: .startup)
        guard run.waiting.isEmpty else { return }
        switch ManagementRoomSearch(choice: settings.managementRoom, bot: bot).next(run.answers) {
        case .ask(let actions): ask(actions, nil, for: run, because: .upkeep("the management room"), lane: .answers)
        case .found(let room):
            runs[key] = nil
            write(.run(key), nil)
            if bot.managementRoom != room {
                bot.managementRoom = room
                write(.managementRoom, .string(room.rawValue))
            }
            phase = .loadingRooms
            loadingSince = now.monotonic
            tellUntold()
            noteSubscriptionsChanged()
            stepWaitingCommands()
        case .failed(let text):
            runs[key] = nil
            write(.run(key), nil)
            phase = .failed(.managementRoom(text))
        }
    }

    // MARK: Loading

    /// How long the start waits for rooms that are slow; then it goes on without them.
    ///
    /// A guess.
    private static let patience: Duration = .seconds(60)

    /// Whether every room and list is here, or is known not to be had for now.
    ///
    /// The management room must be here: whoever has joined it is spared.
    private var isEverythingLoaded: Bool {
        guard let room = bot.managementRoom, rooms[room]?.hasMembers == true else { return false }
        if let loadingSince, now.monotonic - loadingSince > Self.patience { return true }
        return !queue.rows.values.contains { row in
            switch row.action {
            case .join, .resolve, .loadState: row.run == nil && row.attempts < 2
            default: false
            }
        }
    }

    private mutating func beginEnforcing() {
        phase = .enforcing
        write(.account, .string(bot.user.rawValue))
        reconcilesAll = true
        serverBansChanged = true
        checkManagementRoom()
        checkProtectedSet()
        roomsWithNewPower.formUnion(bot.protectedRooms)
        settlePower()
        // Rules are judged before anything is done, so that the numbers told are those of what will be done.
        settlePolicyChanges()
        reconcileWhatIsDue()
        settleServerACLs()
        tellStarted()
    }

    /// Says what of the management room is not as it should be.
    private mutating func checkManagementRoom() {
        guard let room = bot.managementRoom.flatMap({ rooms[$0] }) else { return }
        if room.isEncrypted { tellEncrypted() }
        if room.joinRule == "public" { tellPublic() }
        do throws(PowerProblem) {
            try room.authority.check(level: room.authority.effectiveLevels.stateDefault, by: bot.user)
        } catch {
            tell("I cannot save settings in this room: \(error.words).", .problem)
        }
    }

    mutating func noteManagementJoinRule() {
        guard phase == .enforcing, let room = bot.managementRoom.flatMap({ rooms[$0] }) else { return }
        if room.joinRule == "public" { tellPublic() }
        reconcilesAll = true
    }

    /// A set of protected rooms that shrank while nobody looked was not shrunk by the bot's commands.
    mutating func checkProtectedSet() {
        let known = bot.protectedRooms.count
        if let before = protectedAtLastRun, known < before {
            tell(
                "I protected \(before) rooms, and my account data names \(known) now, without a command of yours. If rooms are "
                    + "missing, add them again with rooms add.",
                .problem
            )
        }
        noteProtectedSet()
    }

    mutating func noteProtectedSet() {
        guard protectedAtLastRun != bot.protectedRooms.count else { return }
        protectedAtLastRun = bot.protectedRooms.count
        write(.protectedRoomCount, .integer(Int64(bot.protectedRooms.count)))
    }

    // MARK: From disk

    /// Takes over what was committed before; rules that are there are judged already.
    package mutating func restore(_ stored: StoredState) throws(StartFailure) {
        position = stored.position
        lastRowID = stored.lastRowID
        var documents: [DocumentName: JSONValue] = [:]
        for (name, bytes) in stored.documents {
            guard let name = DocumentName(name), let content = try? JSONValue(parsing: bytes.span) else { continue }
            documents[name] = content
        }
        if let owner = documents[.account]?.text.flatMap({ try? UserID(parsing: $0) }), owner != bot.user {
            throw .otherAccount(stored: owner, now: bot.user)
        }
        restore(documents)
        restore(stored.rooms)
        for row in stored.openRows { restore(row) }
        queue.markCommitted()
        for room in loading.keys where queue.row(wishing: .loadState(room)) == nil { loading[room] = nil }
    }

    private mutating func restore(_ row: JournalRow) {
        var row = row
        switch row.action {
        case .loadState(let room) where row.run == nil: loading[room] = loading[room] ?? []
        // It may have been sent, and no answer of sync shows whether a room was made for it.
        case .createRoom: row.attempts = max(row.attempts, 1)
        default: break
        }
        if settings.isDryRun, row.action.changesSomething { return close(row, .simulated) }
        queue.put(row)
        wave.note(row, at: now)
    }
}
