import MatrixCore
import Moderation

/// Writes the bot's configuration, and reads it back as the bot will.
package struct WriteConfiguration: SetupStep {
    package let name = "configuration"

    package init() {}

    package func plan(_ run: SetupRun) -> [String] { ["write \(run.folder.configuration)"] }

    package func perform(_ run: inout SetupRun, _ tools: SetupTools) async throws(StepFailure) -> [String] {
        let session = try run.account(name).1
        let server = try run.found(name).1
        guard let room = run.progress.managementRoom else {
            throw StepFailure(name, "there is no management room", cure: "run setup from its beginning")
        }
        let folder = SetupFolder(tools.files.absolute(run.folder.path))
        let choices = ConfigurationChoices(
            homeserverURL: server.baseURL,
            user: session.user.rawValue,
            accessTokenFile: folder.accessToken,
            dataPath: folder.storage,
            managementRoom: room.rawValue,
            manager: run.wishes.managers.first?.rawValue
        )
        let text = tools.configuration.text(choices)
        guard !run.wishes.isDryRun else { return ["writes \(run.folder.configuration)"] }
        let line = try write(text, choices, run, tools)
        let read = tools.configuration.read(run.folder.configuration, accessTokenFile: run.folder.accessToken)
        guard read.problems.isEmpty else {
            throw StepFailure(
                name,
                read.problems.joined(separator: "; "),
                cure: "correct \(run.folder.configuration), or remove it to have it written anew"
            )
        }
        for warning in read.warnings { run.advise(name, warning) }
        return [line]
    }

    /// A file that says the same is left as it is, with whatever its owner has added; another one is kept beside.
    private func write(
        _ text: String,
        _ choices: ConfigurationChoices,
        _ run: SetupRun,
        _ tools: SetupTools
    ) throws(StepFailure) -> String {
        let path = run.folder.configuration
        do throws(FileFailure) {
            try tools.files.makeFolder(run.folder.storage, isPrivate: true)
            if let old = try tools.files.read(path, atMost: 1 << 20) {
                let read = tools.configuration.read(path, accessTokenFile: run.folder.accessToken)
                if let settings = read.settings, settings.homeserverURL == choices.homeserverURL,
                    settings.dataPath == choices.dataPath, settings.managementRoom == .named(choices.managementRoom)
                {
                    return "kept \(path)"
                }
                try tools.files.write(old.bytes, to: path + ".old", isSecret: true)
            }
            try tools.files.write(Array(text.utf8), to: path, isSecret: false)
            return "wrote \(path)"
        } catch {
            throw error.ending(name, cure: "make the directory writable, or name another with --directory")
        }
    }
}

extension BotSettings.ManagementRoomChoice {
    fileprivate static func named(_ text: String) -> Self {
        RoomReference(parsing: text).map { .room($0) } ?? .unset
    }
}
