import JSON
import MatrixCore
import Moderation
import Observability

/// What lies on this machine.
extension Doctor {
    func readFiles() -> DoctorFacts {
        let folder = SetupFolder(of: configurationPath)
        var tokenFile = accessTokenFile
        var read = tools.configuration.read(configurationPath, accessTokenFile: tokenFile)
        if tokenFile == nil, read.partial.accessToken == nil, let beside = existing(folder.accessToken) {
            tokenFile = beside
            read = tools.configuration.read(configurationPath, accessTokenFile: tokenFile)
        }
        var facts = DoctorFacts(configurationPath: configurationPath, configuration: read)
        let session = BotSessionFiles(facts.settings, accessTokenFile: tokenFile, tools.files)
        do throws(FileFailure) { facts.credential = try session.credential() } catch {
            facts.sessionFailure = error
            facts.credential = facts.settings.credential(nil)
        }
        facts.token = facts.credential?.token
        facts.tokenPlace = session.tokenPlace
        facts.passwordFile = session.passwordFile.flatMap(existing)
        facts.sharedFiles = sharedFiles(
            [
                tokenFile, SavedSession.path(in: facts.settings.dataPath), adminTokenFile, folder.adminAccessToken,
                folder.password, facts.passwordFile,
                tokenFile == nil && facts.token != nil ? configurationPath : nil,
            ],
            botGroup: tools.files.group(of: facts.settings.dataPath)
        )
        facts.isStorageWritable = tools.files.canWrite(in: facts.settings.dataPath)
        facts.freeSpace = tools.files.freeSpace(in: facts.settings.dataPath)
        facts.nowMilliseconds = tools.clock.wallMilliseconds()
        facts.protectedBefore = protectedBefore
        return facts
    }

    var adminToken: Secret? {
        let path = adminTokenFile ?? SetupFolder(of: configurationPath).adminAccessToken
        return ((try? tools.files.read(path, atMost: 1 << 16)) ?? nil)?.firstLine.map { Secret($0) }
    }

    /// One that cannot be read is there too, and told of.
    private func existing(_ path: String) -> String? {
        do throws(FileFailure) { return try tools.files.read(path, atMost: 1 << 16) == nil ? nil : path } catch {
            return path
        }
    }

    /// What others than the bot's group can read: that group may be how the bot reads its secrets.
    private func sharedFiles(_ paths: [String?], botGroup: UInt32?) -> [SharedFile] {
        var shared: [SharedFile] = []
        for path in paths.compactMap(\.self) where !shared.contains(where: { $0.path == path }) {
            switch ((try? tools.files.read(path, atMost: 1 << 20)) ?? nil)?.readers {
            case .everybody(let group)?: shared.append(SharedFile(path, keepsGroup: group == botGroup && group != 0))
            case .group(let group)? where group != botGroup: shared.append(SharedFile(path))
            case .group?, .nobody?, nil: break
            }
        }
        return shared
    }
}

/// What doctor saw the last time.
extension Doctor {
    private var notes: String { SetupFolder(of: configurationPath).doctorNotes }

    private var protectedBefore: Set<RoomID>? {
        guard let file = (try? tools.files.read(notes, atMost: 1 << 22)) ?? nil,
            let notes = try? JSONValue(parsing: file.bytes.span), case .array(let rooms)? = notes["protected"]
        else { return nil }
        return Set(rooms.compactMap { if case .string(let text) = $0 { try? RoomID(parsing: text) } else { nil } })
    }

    /// Keeps the protected rooms of this time for the next, where they could be read; a folder that cannot be written forgets
    /// them.
    package func remember(_ facts: DoctorFacts) {
        guard facts.knowsProtected, facts.protectedBefore != Set(facts.protected) else { return }
        let seen: JSONValue = ["protected": .array(facts.protected.map { .string($0.rawValue) })]
        try? tools.files.write(seen.encoded(), to: notes, isSecret: false)
    }
}
