import JSON
import TestSupport

/// `mas-cli`, played by a script that asks here what it has to say.
extension ServiceState {
    mutating func command(_ call: JSONValue) throws -> ServiceAnswer {
        var words = call["words"]?.elements.compactMap(\.string) ?? []
        let asAdmin = words.contains("--yes-i-want-to-grant-synapse-admin-privileges")
        let isAgreed = words.contains("--yes")
        words.removeAll { $0.hasPrefix("--") }
        guard words.count >= 2, words[0] == "manage" else { return try said("cli", "unknown subcommand") }
        let name = words.count > 2 ? words[2] : ""
        switch words[1] {
        case "register-user":
            guard isAgreed else {
                violations.append("register-user without --yes never ends")
                return try said("cli", "unknown subcommand")
            }
            if users[name] != nil { return try said("cli", "register-user: name taken") }
            if name.hasPrefix("bridge_") { return try said("cli", "register-user: illegal name") }
            add(name, password: nil)
            return try said("cli", "register-user: success with --yes")
        case "issue-compatibility-token":
            guard users[name] != nil else { return try said("cli", "issue-compatibility-token: unknown user") }
            if call["log_level"]?.string != "info" {
                violations.append("issue-compatibility-token without RUST_LOG=info")
            }
            let device = words.count > 3 ? words[3] : newText("DEVICE")
            let scope = Self.api + (asAdmin ? " " + Self.synapseAdmin : "")
            let session = open(name, device: device, scope: scope, kind: nil)
            if call["is_silent"] == true {
                let shortened = "issue-compatibility-token with RUST_LOG=warn in the environment"
                return try said(
                    "cli_outage",
                    shortened + " (the token is a log line at level info: it is issued, and never shown)"
                )
            }
            return try said("cli", "issue-compatibility-token: success with device id").replacing([
                ("mct_CompatAccessToken002xxxxxxxxxx_WJkRk2", session.pair.access), ("CHOSENDEVICE", device),
            ])
        case "provision-all-users": return try said("cli", "provision-all-users")
        default: return try said("cli", "unknown subcommand")
        }
    }

    private func said(_ file: String, _ name: String) throws -> ServiceAnswer {
        let command = try RecordedCommand.named(name, in: "mas", file + ".json")
        return ServiceAnswer(["exit": .integer(command.exitStatus ?? -1), "log": .string(command.standardError)])
    }
}

extension DelegatedHomeserver {
    /// Writes the script, and gives the words that run it.
    func installCommand(in folder: String, isSilent: Bool = false) throws -> String {
        let python = try Installation.synapsePython()
        let script = """
            import json, os, sys, urllib.request
            call = {"words": sys.argv[1:], "log_level": os.environ.get("RUST_LOG"), "is_silent": \(isSilent ? "True" : "False")}
            request = urllib.request.Request("\(issuer)test/mas-cli", json.dumps(call).encode(), method="POST")
            answer = json.load(urllib.request.urlopen(request))
            sys.stderr.write(answer["log"])
            sys.exit(answer["exit"])
            """
        try writeFile(script + "\n", to: folder + "/mas-cli.py")
        return "\(python) \(folder)/mas-cli.py"
    }
}
