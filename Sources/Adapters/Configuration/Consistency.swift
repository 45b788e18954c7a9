import MatrixCore
import Moderation
import YAML

/// What must hold between keys, once each is right by itself.
struct Consistency {
    let settings: BotSettings
    let places: [String: Position]
    let unsetPlaces: [String: Position]
    /// By key: the file that stands in for what the document says.
    let secretFiles: [String: String]
    var findings: Findings

    init(of reader: SettingsReader, with settings: BotSettings, secretFiles: [String: String]) {
        self.settings = settings
        self.secretFiles = secretFiles
        places = reader.places
        unsetPlaces = reader.unsetPlaces
        findings = Findings(file: reader.findings.file)
    }

    mutating func check(workingDirectory: String) {
        checkManagementRoom()
        checkInvitations()
        checkAccessToken()
        checkAntispam()
        checkDataPath(workingDirectory)
        checkServers()
        if settings.commands.symbolPrefixes.isEmpty {
            let key = "commands.symbolPrefixes"
            findings.warning(
                key,
                places[key],
                "the list is empty: only messages that begin with the bot's name are commands"
            )
        }
    }

    private mutating func checkManagementRoom() {
        let (room, manager) = (places["managementRoom"], places["initialManager"])
        if let room, let manager {
            findings.problem(
                "initialManager",
                manager,
                "managementRoom (line \(room.line)) and initialManager (line \(manager.line)) exclude each other",
                "keep managementRoom where the room exists, or initialManager to have it made"
            )
        } else if room == nil, manager == nil {
            let unset = unsetPlaces["managementRoom"]
            findings.problem(
                "managementRoom",
                unset,
                "expected managementRoom or initialManager, found neither",
                unset == nil
                    ? "name the room where moderators meet, or set initialManager to your user ID to have one made"
                    : "nothing is set here; an alias must stand in quotes, since # begins a comment"
            )
        }
    }

    private mutating func checkInvitations() {
        guard !settings.invitations.onlyFromManagers else { return }
        let key = "acceptInvitesFromSpace"
        let templates = ["!noop:example.org", "!example:example.org"]
        let isTemplate = settings.invitations.acceptFromSpace.map { templates.contains($0.text) }
        guard isTemplate ?? (places[key] == nil) else { return }
        findings.problem(
            key,
            places[key] ?? places["autojoinOnlyIfManager"],
            "expected a space, found \(isTemplate == nil ? "nothing" : "the placeholder of the template")",
            "name the space whose members may invite the bot, or set autojoinOnlyIfManager to true"
        )
    }

    private mutating func checkDataPath(_ workingDirectory: String) {
        guard !settings.dataPath.hasPrefix("/") else { return }
        let absolute = workingDirectory + (workingDirectory.hasSuffix("/") ? "" : "/") + settings.dataPath
        findings.warning(
            "dataPath",
            places["dataPath"],
            "a relative path starts at the working directory, so this is \(quoted(absolute))",
            "the original starts at its program's directory; write the path from / on"
        )
    }
}
