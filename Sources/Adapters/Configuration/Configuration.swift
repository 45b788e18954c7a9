import Glibc
import Moderation
import Observability
import Setup
import YAML

/// Reads the configuration file of Draupnir or Mjolnir.
package enum Configuration {
    /// In bytes; the original's template, comments and all, has 20 thousand.
    private static let longestFile = 1 << 20
    /// Of values, aliases counted in full.
    private static let mostValues = 20_000

    /// Reads and checks all of a file at once; whatever is wrong comes back in the report.
    package static func load(path: String, secrets: SecretFiles = SecretFiles()) -> ConfigurationReport {
        var findings = Findings(file: path)
        do throws(FileError) {
            let content = try FileContent(readingFrom: path, atMost: longestFile)
            return read(content.bytes, file: path, secrets: secrets, isShared: content.isShared)
        } catch {
            findings.problem("", nil, error.text, error == .missing ? "give its path with --draupnir-config" : nil)
            return ConfigurationReport(findings: findings, settings: BotSettings(), isRead: false)
        }
    }

    /// Reads what a file holds; `workingDirectory` is where a relative `dataPath` starts.
    ///
    /// `isShared` says whether other accounts can read the bytes where they came from.
    package static func read(
        _ bytes: [UInt8],
        file: String,
        secrets: SecretFiles = SecretFiles(),
        isShared: Bool = false,
        workingDirectory: String = currentDirectory()
    ) -> ConfigurationReport {
        var reader = SettingsReader(file: file)
        guard let document = parse(bytes, &reader.findings) else {
            return ConfigurationReport(findings: reader.findings, settings: BotSettings(), isRead: false)
        }
        reader.read(document)
        var settings = reader.settings
        if isShared { warnOfSharing(settings, &reader.findings) }
        let secretFiles = Dictionary(secrets.paths, uniquingKeysWith: { first, _ in first })
        for (key, path) in secrets.paths {
            if settings.secret(key).map({ !$0.isPlaceholder }) ?? false {
                reader.findings.note(key, reader.places[key], "not used: \(quoted(path)) is read instead")
            }
            let (secret, findings) = Secret.read(from: path, for: key)
            reader.findings.add(findings)
            settings.replace(key, with: secret)
        }
        settings.savedCredential = savedCredential(secrets, settings)
        var consistency = Consistency(of: reader, with: settings, secretFiles: secretFiles)
        consistency.check(workingDirectory: workingDirectory)
        reader.findings.add(consistency.findings)
        nameWhatIsUnbuilt(&settings, places: reader.places, &reader.findings)
        return ConfigurationReport(findings: reader.findings, settings: settings)
    }

    /// Nil where there is no document to speak of.
    private static func parse(_ bytes: [UInt8], _ findings: inout Findings) -> Node? {
        guard !bytes.contains(0) else {
            findings.problem("", nil, "expected UTF-8 text, found binary data")
            return nil
        }
        var limits = Limits()
        limits.bytes = longestFile
        limits.values = mostValues
        do throws(YAMLError) {
            let document = try parseYAML(bytes, file: findings.file, limits: limits)
            for fault in document.faults { add(fault, to: &findings) }
            return document.root
        } catch {
            add(error, to: &findings)
            return nil
        }
    }

    /// Tells what the parser found, without the text that it quotes where that may be a secret.
    private static func add(_ error: YAMLError, to findings: inout Findings) {
        let isSecret = SecretKey.isMeant(by: error.path)
        switch error.reason {
        case .unknownAlias where isSecret, .unsupportedTag where isSecret:
            let message = "expected a text, found one of YAML's signs (*, &, !) at its beginning"
            findings.problem(error.path, error.position, message, "put the value in quotes")
        case .duplicateKey(let key, let line):
            let message = YAMLError.Reason.duplicateKey(printable(shownKey(key), limit: 100), firstLine: line).text
            findings.problem(error.path, error.position, message)
        case .syntax, .keyIsNotText, .unknownAlias, .severalDocuments, .tooLong, .tooLarge, .tooDeep, .unsupportedTag,
            .mergeKey:
            findings.problem(error.path, error.position, printable(error.reason.text, limit: 200))
        }
    }

    private static func warnOfSharing(_ settings: BotSettings, _ findings: inout Findings) {
        let keys = [SecretKey.accessToken, SecretKey.pantalaimonPassword, SecretKey.antispamAuthorization]
        guard keys.contains(where: { settings.secret($0).map { !$0.isPlaceholder } ?? false }) else { return }
        findings.warning("", nil, "this file holds a secret, and other accounts may read it", "run chmod 600 on it")
    }

    private static func nameWhatIsUnbuilt(
        _ settings: inout BotSettings,
        places: [String: Position],
        _ findings: inout Findings
    ) {
        for key in ConfigurationKey.all {
            guard case .unbuilt(let unbuilt) = key.status, unbuilt.isAskedFor(settings) else { continue }
            let isUnsafe = unbuilt.remedyForRefusal != nil
            settings.notYetBuilt.append(
                NotYetBuilt(keyPath: key.path, consequence: unbuilt.consequence, isUnsafe: isUnsafe)
            )
            let message = String(unbuilt.consequence.dropLast())
            if isUnsafe {
                findings.problem(key.path, places[key.path], message, unbuilt.remedyForRefusal)
            } else {
                findings.warning(key.path, places[key.path], "not in this version: \(message)")
            }
        }
    }

    /// What setup has written below the token, where it is this token's.
    private static func savedCredential(_ secrets: SecretFiles, _ settings: BotSettings) -> Credential? {
        guard let path = secrets.accessToken, let content = try? FileContent(readingFrom: path, atMost: 1 << 16),
            let text = String(validating: content.bytes, as: UTF8.self), let saved = Credential(fileText: text),
            saved.token == settings.accessToken
        else { return nil }
        return saved
    }

    static func currentDirectory() -> String {
        guard let path = unsafe getcwd(nil, 0) else { return "." }
        defer { unsafe free(path) }
        return unsafe String(cString: path)
    }
}

extension BotSettings {
    fileprivate func secret(_ key: String) -> Secret? {
        switch key {
        case SecretKey.accessToken: accessToken
        case SecretKey.pantalaimonPassword: pantalaimon.password
        default: web.antispamAuthorization
        }
    }

    /// What a secret file says counts, even where it says nothing: a stale token in the document must not be used.
    fileprivate mutating func replace(_ key: String, with secret: Secret?) {
        switch key {
        case SecretKey.accessToken: accessToken = secret
        case SecretKey.pantalaimonPassword: pantalaimon.password = secret
        default: web.antispamAuthorization = secret
        }
    }
}
