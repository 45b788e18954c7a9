import MatrixCore
import Moderation

extension DoctorFacts {
    /// OS: files and the process.
    var processChecks: [CheckResult] { [storage] + configurationKeys + [generated, health] }

    private var storage: CheckResult {
        let path = settings.dataPath
        guard isStorageWritable else {
            return .fail(
                "OS-1",
                path,
                "the data path cannot be written by this account",
                cure: [
                    "make it, let the bot's account write there, or set dataPath to another directory:",
                    "    install -d -m 700 \(shellWord(path))",
                ]
            )
        }
        if let freeSpace, freeSpace < 100 << 20 {
            return .warn("OS-1", path, "only \(freeSpace >> 20) MB are free there", cure: ["make room on that disk"])
        }
        return .ok("OS-1", path, "can be written")
    }

    var configurationKeys: [CheckResult] {
        let problems = configuration.problems.map {
            CheckResult.fail(
                "OS-2",
                configurationPath,
                $0,
                cure: ["correct it, then see:", "    draupnir config check \(shellWord(configurationPath))"]
            )
        }
        let warnings = configuration.warnings.filter { !$0.contains("chmod 600") }.map {
            CheckResult.warn("OS-2", configurationPath, $0, cure: ["correct it, or leave it if it is meant"])
        }
        guard problems.isEmpty, warnings.isEmpty else { return problems + warnings }
        return [.ok("OS-2", configurationPath, "every key is known and right")]
    }

    private var generated: CheckResult {
        guard let token, TokenKind(token) == .placeholder else {
            return .ok("OS-3", configurationPath, "no placeholder stands for a secret")
        }
        return .fail(
            "OS-3",
            tokenPlace == .configuration ? configurationPath : tokenPlace.name,
            "a placeholder stands for the access token",
            cure: ["put the real one there"]
        )
    }

    private var health: CheckResult {
        guard !settings.health.isEnabled else {
            return .ok("OS-4", "health.healthz", "health and metrics are served at port \(settings.health.port)")
        }
        return .warn(
            "OS-4",
            "health.healthz",
            "nobody is told whether the bot is well, except systemd where its unit is used",
            cure: [
                "set in \(configurationPath):", "    health:", "      healthz:", "        enabled: true",
                "        address: \"127.0.0.1\"",
            ]
        )
    }
}
