import Commands
import JSON
import MatrixCore
import Moderation
import Observability
import Protections

/// Looks at everything that the bot depends on, beside a running bot or without one: it only reads.
package struct Doctor: Sendable {
    private let tools: SetupTools
    private let configurationPath: String
    private let accessTokenFile: String?
    private let adminTokenFile: String?
    /// Rooms read at once.
    private static let width = 6

    /// Secret files that are not named are looked for where setup puts them, beside the configuration.
    package init(
        _ tools: SetupTools,
        configuration: String,
        accessTokenFile: String? = nil,
        adminTokenFile: String? = nil
    ) {
        self.tools = tools
        configurationPath = configuration
        self.accessTokenFile = accessTokenFile
        self.adminTokenFile = adminTokenFile
    }

    /// With `readsRooms` false it leaves the rooms' states alone, which a running bot knows better.
    package func facts(readsRooms: Bool = true) async -> DoctorFacts {
        var facts = readFiles()
        let homeserver = tools.homeservers.homeserver(at: facts.settings.homeserverURL, named: nil)
        do throws(ServerFailure) {
            facts.server = try await ServerFacts(asking: homeserver, named: nil)
        } catch {
            facts.serverFailure = error
            return facts
        }
        facts.proxyRefusals = await proxyRefusals(homeserver)
        guard let token = facts.token else { return facts }
        await readAccount(&facts, homeserver, token)
        guard let user = facts.user else { return facts }
        await readAdministration(&facts, homeserver, token, user)
        guard readsRooms else { return facts }
        await readRooms(&facts, homeserver, token, user)
        remember(&facts)
        return facts
    }

    /// Does what is safe, and tells each before; what could not be done is told too.
    package func fix(_ facts: DoctorFacts) async {
        var done: [Fix] = []
        for result in facts.results {
            guard let fix = result.fix, !done.contains(fix) else { continue }
            done.append(fix)
            tools.person.tell("\(result.code): \(fix.text)")
            if let problem = await perform(fix, facts) { tools.person.tell("\(result.code): not done: \(problem)") }
        }
        if done.isEmpty { tools.person.tell("There is nothing that doctor can mend by itself.") }
    }
}

extension Doctor {
    private func readFiles() -> DoctorFacts {
        let folder = SetupFolder(of: configurationPath)
        func existing(_ path: String) -> String? {
            ((try? tools.files.read(path, atMost: 1 << 16)) ?? nil) == nil ? nil : path
        }
        var tokenFile = accessTokenFile
        var read = tools.configuration.read(configurationPath, accessTokenFile: tokenFile)
        if tokenFile == nil, read.partial.accessToken == nil, let beside = existing(folder.accessToken) {
            tokenFile = beside
            read = tools.configuration.read(configurationPath, accessTokenFile: tokenFile)
        }
        var facts = DoctorFacts(configurationPath: configurationPath, configuration: read)
        facts.accessTokenFile = tokenFile
        let session = SavedSession.path(in: facts.settings.dataPath)
        var saved: SavedSession?
        do throws(FileFailure) { saved = try tools.files.savedSession(in: facts.settings.dataPath) } catch {
            facts.sessionFailure = error
        }
        facts.credential = facts.settings.credential(saved)
        facts.token = facts.credential?.token
        facts.hasPasswordFile = existing(folder.password) != nil
        let secrets = [tokenFile, session, adminTokenFile, folder.adminAccessToken, folder.password].compactMap(\.self)
        for path in secrets where ((try? tools.files.read(path, atMost: 1 << 16)) ?? nil)?.isShared ?? false {
            facts.sharedFiles.append(path)
        }
        if tokenFile == nil, facts.token != nil,
            ((try? tools.files.read(configurationPath, atMost: 1 << 20)) ?? nil)?.isShared ?? false
        {
            facts.sharedFiles.append(configurationPath)
        }
        facts.isStorageWritable = tools.files.canWrite(in: facts.settings.dataPath)
        facts.freeSpace = tools.files.freeSpace(in: facts.settings.dataPath)
        facts.nowMilliseconds = tools.clock.wallMilliseconds()
        return facts
    }

    private var adminToken: Secret? {
        let path = adminTokenFile ?? SetupFolder(of: configurationPath).adminAccessToken
        return ((try? tools.files.read(path, atMost: 1 << 16)) ?? nil)?.firstLine.map { Secret($0) }
    }

    private func proxyRefusals(_ homeserver: any SetupHomeserver) async -> Int {
        var refusals = 0
        for _ in 0..<10 {
            do throws(ServerFailure) { _ = try await homeserver.versions() } catch {
                if [.some(429), 403, 503].contains(error.status), error.code == nil { refusals += 1 }
            }
        }
        return refusals
    }

    private func readAccount(_ facts: inout DoctorFacts, _ homeserver: any SetupHomeserver, _ token: Secret) async {
        let start = tools.clock.now()
        do throws(ServerFailure) {
            let identity = try await homeserver.identity(token)
            facts.identity = identity
            facts.identityLatency = tools.clock.now() - start
            facts.devices = try? await homeserver.devices(token)
            facts.devicesWithKeys = try? await homeserver.devicesWithKeys(of: identity.user, token)
            if let found = (try? await tools.homeservers.clientURL(of: identity.user.server.host)) ?? nil {
                facts.wellKnownURL = HomeserverAddress.baseURL(in: found)
            }
        } catch {
            facts.identityFailure = error
        }
    }

    private func readAdministration(
        _ facts: inout DoctorFacts,
        _ homeserver: any SetupHomeserver,
        _ token: Secret,
        _ user: UserID
    ) async {
        if facts.server?.flavour == .dendrite {
            facts.isAdmin = try? await homeserver.hasAdminRights(user, on: .dendrite, token)
            // Its admins are never limited; of others it does not tell.
            if facts.isAdmin == true { facts.rateLimit = .lifted }
            return
        }
        guard facts.server?.flavour == .synapse else { return }
        facts.isAdmin = try? await homeserver.canAdminister(token)
        let separate = adminToken
        facts.hasAdminToken = separate != nil
        if let separate { facts.doesAdminTokenWork = (try? await homeserver.canAdminister(separate)) ?? false }
        let credential = facts.doesAdminTokenWork == true ? separate : facts.isAdmin == true ? token : nil
        guard let credential else { return }
        facts.record = try? await homeserver.account(user, credential)
        facts.rateLimit = try? await homeserver.rateLimit(of: user, credential)
        if let features = try? await homeserver.experimentalFeatures(of: user, credential) {
            facts.hasStateAfter = features[SwitchOnFeatures.stateAfter] ?? false
        }
    }

    private func perform(_ fix: Fix, _ facts: DoctorFacts) async -> String? {
        guard let token = facts.token, let user = facts.user else { return "there is no account to act with" }
        let homeserver = tools.homeservers.homeserver(at: facts.settings.homeserverURL, named: nil)
        let credential = facts.doesAdminTokenWork == true ? adminToken ?? token : token
        do throws(ServerFailure) {
            switch fix {
            case .liftRateLimit(let user): try await homeserver.liftRateLimit(of: user, credential)
            case .enableFeature(let name, let user): try await homeserver.enableFeature(name, for: user, credential)
            case .closeFile(let path):
                return (try? tools.files.close(path)) == nil ? "the file could not be closed" : nil
            case .join(let room):
                _ = try await homeserver.perform(.join(RoomReference(room)), as: user, token, transaction: "")
            case .invite(let other, let room):
                _ = try await homeserver.perform(.invite(other, in: room), as: user, token, transaction: "")
            }
            return nil
        } catch {
            return error.cause
        }
    }

    /// The guarded rooms of this time, for the next; a folder that cannot be written forgets them.
    private func remember(_ facts: inout DoctorFacts) {
        let path = SetupFolder(of: configurationPath).doctorNotes
        if let file = (try? tools.files.read(path, atMost: 1 << 22)) ?? nil,
            let notes = try? JSONValue(parsing: file.bytes.span), case .array(let rooms)? = notes["protected"]
        {
            facts.protectedBefore = Set(
                rooms.compactMap { if case .string(let text) = $0 { try? RoomID(parsing: text) } else { nil } }
            )
        }
        let notes: JSONValue = ["protected": .array(facts.protected.map { .string($0.rawValue) })]
        guard facts.protectedBefore != Set(facts.protected) else { return }
        try? tools.files.write(notes.encoded(), to: path, isSecret: false)
    }
}

extension Doctor {
    private func readRooms(
        _ facts: inout DoctorFacts,
        _ homeserver: any SetupHomeserver,
        _ token: Secret,
        _ user: UserID
    ) async {
        facts.joined = (try? await homeserver.joinedRooms(token)).map { Set($0) }
        await readAccountData(&facts, homeserver, token, user)
        await findManagementRoom(&facts, homeserver, token, user)
        for reference in facts.watched {
            facts.listRooms[reference] = try? await homeserver.resolve(reference, token)
        }
        let wanted = Set(facts.protected + [facts.managementRoom].compactMap(\.self) + facts.listRooms.values).sorted()
        await withTaskGroup(of: (RoomID, Result<[StateEvent], ServerFailure>).self) { group in
            var waiting = wanted[...]
            func next(_ room: RoomID) {
                group.addTask {
                    do throws(ServerFailure) {
                        return (room, .success(try await homeserver.state(of: room, token)))
                    } catch {
                        return (room, .failure(error))
                    }
                }
            }
            for room in waiting.prefix(Self.width) { next(room) }
            waiting = waiting.dropFirst(Self.width)
            while let (room, result) = await group.next() {
                switch result {
                case .success(let state): facts.rooms[room] = RoomPicture(room, state)
                case .failure(let failure): facts.roomFailures[room] = failure
                }
                if let more = waiting.popFirst() { next(more) }
            }
        }
    }

    private func readAccountData(
        _ facts: inout DoctorFacts,
        _ homeserver: any SetupHomeserver,
        _ token: Secret,
        _ user: UserID
    ) async {
        func data(_ type: EventType) async -> JSONValue? {
            (try? await homeserver.accountData(type, of: user, token)) ?? nil
        }
        if let content = await data(AccountDataType.protectedRooms) {
            if let data = ProtectedRoomsData(content) {
                facts.protected = data.rooms
            } else {
                facts.unreadableData.append(AccountDataType.protectedRooms.rawValue)
            }
        }
        if let content = await data(AccountDataType.watchedLists) {
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
