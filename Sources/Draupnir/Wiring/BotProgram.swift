import Commands
import Configuration
import HTTPClient
import Lifecycle
import MatrixClient
import MatrixCore
import Moderation
import Observability
import Setup
import Storage
import WebAPI

/// `draupnir bot`: reads the configuration, opens what is needed, and runs the services until the end.
struct BotProgram {
    let file: String
    let secrets: SecretFiles
    let logsJSON: Bool
    let shell: Shell

    func run() async -> ExitCode {
        shareOneHeap()
        let shutdown = ShutdownRequest()
        let signals = requestShutdownOnSignals(shutdown)
        defer { withExtendedLifetime(signals) {} }
        let report = Configuration.load(path: file, secrets: secrets)
        guard let settings = report.settings else {
            shell.complain(report.text)
            return .configuration
        }
        let sink = DescriptorSink(logsJSON ? .json : .text)
        let log = Log("draupnir", minimum: settings.logLevel, sink: sink)
        for warning in report.warnings { log.warning("configuration", ["warning": "\(warning)"]) }
        do {
            try await run(settings, log, sink, until: shutdown)
            log.info("stopped")
            return .success
        } catch {
            let (code, text) = explain(error, settings)
            log.error("stopped", ["cause": text])
            shell.complain("\(text)\n")
            return code
        }
    }

    private func run(
        _ settings: BotSettings,
        _ log: Log,
        _ sink: DescriptorSink,
        until shutdown: ShutdownRequest
    ) async throws {
        let time = SystemTime()
        let health = HealthState()
        let metrics = MetricsRegistry()
        var services: [any Service] = []
        if settings.health.isEnabled {
            services.append(
                try HealthServer(
                    settings.health,
                    health: health,
                    metrics: metrics,
                    log: Log("health", minimum: settings.logLevel, sink: sink)
                )
            )
        }
        let storageLog = Log("storage", minimum: settings.logLevel, sink: sink)
        let store = try SQLiteStore(dataPath: settings.dataPath) { damage in
            storageLog.error("rows of the database cannot be read and are left out", ["damage": "\(damage)"])
        }
        let http = try HTTPClient()
        let session = try BotSession(settings: settings, secrets: secrets, http: http, time: time).keeper()
        let homeserver = MatrixClient(
            homeserver: settings.homeserverURL,
            session: session,
            version: programVersion,
            http: http
        )
        let moderation = ModerationService(
            settings: settings,
            homeserver: homeserver,
            session: session,
            store: store,
            time: time,
            health: health,
            metrics: BotMetrics(metrics),
            log: Log("bot", minimum: settings.logLevel, sink: sink),
            checkup: doctor(http)
        ) { notifyService("READY=1") }
        services.append(moderation)
        log.info(
            "starting",
            ["version": programVersion, "homeserver": settings.homeserverURL, "data": settings.dataPath]
        )
        defer { health.enter(.stopping) }
        var failure: (any Error)?
        do { try await runServices(services, until: shutdown) } catch { failure = error }
        await http.shutDown()
        await store.close()
        if let failure { throw failure }
    }

    private func doctor(_ http: HTTPClient) -> Doctor {
        let tools = SetupTools(
            homeservers: HTTPHomeservers(http: http, version: programVersion),
            person: TerminalOperator(shell: shell, mayAsk: false, progressOnErrorOutput: true),
            files: SystemFiles(),
            configuration: YAMLConfigurationFile(),
            commands: SystemCommands(),
            clock: SystemSetupClock()
        )
        return Doctor(tools, configuration: file, accessTokenFile: secrets.accessToken)
    }
}
