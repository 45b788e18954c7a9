import Moderation
import Observability
import Setup

/// The token, passwords and other secrets.
extension Consistency {
    mutating func checkAccessToken() {
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

    mutating func checkAntispam() {
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
        } else if let secret, !isPassword, !secret.isVisibleASCII {
            let text = "found a blank, a control or a letter that no token has"
            found.problem(key, place, "expected a secret of visible ASCII characters, \(text)", remedy)
        } else if secret == nil, place == nil, secretFiles[key] == nil {
            // Otherwise it was given, and what is wrong with it has been told.
            found.problem(key, unsetPlaces[key], "expected a secret, found none", remedy)
        }
        findings.add(found)
    }
}
