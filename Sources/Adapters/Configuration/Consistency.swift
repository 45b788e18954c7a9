import Glibc
import MatrixCore
import Moderation
import Observability
import YAML

/// What must hold between keys, once each is right by itself.
struct Consistency {
    private let settings: BotSettings
    private let places: [String: Position]
    private let unsetPlaces: [String: Position]
    /// By key: the file that stands in for what the document says.
    private let secretFiles: [String: String]
    private(set) var findings: Findings

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

    private mutating func checkAccessToken() {
        guard !settings.pantalaimon.isUsed else { return checkPantalaimon() }
        let remedy = "paste the access token of the bot's account, or give --access-token-path"
        checkSecret(settings.accessToken, SecretKey.accessToken, remedy)
    }

    private mutating func checkPantalaimon() {
        let keys = (name: "pantalaimon.username", token: SecretKey.accessToken)
        if settings.pantalaimon.username.isEmpty {
            findings.problem(
                keys.name,
                places[keys.name] ?? places["pantalaimon.use"],
                "expected the name of the bot's account, found none",
                "give the name that is to log in through Pantalaimon, or set pantalaimon.use to false"
            )
        }
        checkSecret(
            settings.pantalaimon.password,
            SecretKey.pantalaimonPassword,
            "give the account's password, or --pantalaimon-password-path",
            isPassword: true
        )
        if settings.rawHomeserverURL == settings.homeserverURL {
            findings.warning(
                "rawHomeserverUrl",
                places["rawHomeserverUrl"] ?? places["pantalaimon.use"],
                "it is Pantalaimon's address, as homeserverUrl is",
                "set it to the homeserver's own address"
            )
        }
        if let token = settings.accessToken, !token.isPlaceholder {
            findings.note(keys.token, places[keys.token], "not used: pantalaimon.use has the bot log in by itself")
        }
    }

    private mutating func checkAntispam() {
        guard settings.web.usesAntispam else { return }
        if !settings.web.isEnabled { warnOfClosedWeb("web.synapseHTTPAntispam.enabled") }
        let remedy = "set it to a long random text, the same as in Synapse's configuration"
        checkSecret(settings.web.antispamAuthorization, SecretKey.antispamAuthorization, remedy)
    }

    private mutating func checkSecret(_ secret: Secret?, _ key: String, _ remedy: String, isPassword: Bool = false) {
        var found = Findings(file: secretFiles[key] ?? findings.file)
        let place = secretFiles[key] == nil ? places[key] : nil
        if let secret, secret.isPlaceholder {
            let text = secret.reveal().isEmpty ? "an empty text" : "the placeholder of a template"
            found.problem(key, place, "expected a secret, found \(text)", remedy)
        } else if let secret, !isPassword, !secret.isToken {
            let text = "found a blank, a control or a letter that no token has"
            found.problem(key, place, "expected a secret of visible ASCII characters, \(text)", remedy)
        } else if secret == nil, place == nil, secretFiles[key] == nil {
            // Otherwise it was given, and what is wrong with it has been told.
            found.problem(key, unsetPlaces[key], "expected a secret, found none", remedy)
        }
        findings.add(found)
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

    private mutating func checkServers() {
        let (health, web) = (settings.health, settings.web)
        if health.isEnabled { checkAddress(health.address, "health.healthz.address") }
        if web.isEnabled { checkAddress(web.address, "web.address") }
        if !web.isEnabled, web.acceptsAbuseReports { warnOfClosedWeb("web.abuseReporting.enabled") }
        if health.isEnabled, web.isEnabled, health.port == web.port, overlap(health.address, web.address) {
            findings.problem(
                "web.port",
                places["web.port"] ?? places["web.enabled"],
                "health.healthz.port and web.port are both \(web.port) on the same address",
                "give one of them another port"
            )
        }
        if health.isEnabled, health.healthyStatus == health.unhealthyStatus {
            let key = "health.healthz.unhealthyStatus"
            findings.warning(key, places[key], "it is the same as healthyStatus, so nobody can tell them apart")
        }
    }

    private mutating func warnOfClosedWeb(_ key: String) {
        findings.warning(key, places[key], "it has no effect while web.enabled is false")
    }

    private mutating func checkAddress(_ address: String, _ key: String) {
        guard address != "localhost", !isNumericAddress(address) else { return }
        findings.problem(
            key,
            places[key],
            "expected localhost or a numeric address, found the text \(quoted(address))",
            "0.0.0.0 listens everywhere, 127.0.0.1 on this machine only"
        )
    }
}

private func isNumericAddress(_ text: String) -> Bool {
    var storage = in6_addr()
    return unsafe inet_pton(AF_INET, text, &storage) == 1 || inet_pton(AF_INET6, text, &storage) == 1
}

/// Whether two listeners on one port would be in each other's way.
private func overlap(_ left: String, _ right: String) -> Bool {
    func canonical(_ address: String) -> String { address == "localhost" ? "127.0.0.1" : address }
    let everywhere = ["0.0.0.0", "::"]
    return canonical(left) == canonical(right) || everywhere.contains(left) || everywhere.contains(right)
}
