import TestSupport
import Configuration
import MatrixCore
import Moderation
import Observability
import Setup
import Synchronization

/// Everything outside that setup works with, in memory.
final class SetupBench: Homeservers, Operator, Files, SetupClock, CommandRunning {
    let scripted: ScriptedHomeserver
    let service: ScriptedService
    let files = Mutex<[String: [UInt8]]>([:])
    /// Who else may read a file; nobody where it is not named.
    let readers = Mutex<[String: StoredFile.Readers]>([:])
    static let botGroup: UInt32 = 990
    let objection = Mutex<String?>(nil)
    let lockFailure = Mutex<FileFailure?>(nil)
    let told = Mutex<[String]>([])
    /// How long each wait was; time passes by them alone.
    let waits = Mutex<[Duration]>([])
    let commands = Mutex<[CommandOutput]>([])
    /// What every command ends with, where it does not end by itself.
    let commandFailure = Mutex<CommandFailure?>(nil)
    /// Whether `mas-cli` is found in `PATH`.
    let hasServiceCommand = Mutex(false)
    let commandsRun = Mutex<[[String]]>([])

    init(_ homeserver: ScriptedHomeserver, _ service: ScriptedService = ScriptedService()) {
        scripted = homeserver
        self.service = service
    }

    var tools: SetupTools { tools(self) }

    func tools(_ homeservers: any Homeservers) -> SetupTools {
        SetupTools(
            homeservers: homeservers,
            person: self,
            files: self,
            configuration: YAMLConfigurationFile(),
            commands: self,
            clock: self
        )
    }

    /// A run in `/bot` that has found Synapse behind the authentication service.
    func run(_ change: (inout SetupWishes) -> Void) -> SetupRun {
        var wishes = SetupWishes()
        change(&wishes)
        var run = SetupRun(wishes: wishes, folder: SetupFolder("/bot"), progress: SetupProgress(mark: "m"))
        run.homeserver = scripted
        run.server = ServerFacts(
            baseURL: scripted.baseURL,
            serverName: "example.org",
            flavour: .synapse,
            versions: ServerVersions(versions: ["v1.15"]),
            loginFlows: [LoginFlow(LoginFlow.password)],
            authentication: service.metadata
        )
        return run
    }

    /// What obtaining the account ends with in such a run.
    func failureOfObtaining(_ change: (inout SetupWishes) -> Void = { _ in }) async -> StepFailure? {
        var run = run(change)
        return await failureOfObtaining(&run)
    }

    func failureOfObtaining(_ run: inout SetupRun) async -> StepFailure? {
        do throws(StepFailure) {
            _ = try await ObtainAccount().perform(&run, tools)
            return nil
        } catch { return error }
    }

    /// What the bot would act with, by the session in its storage.
    var session: Credential? {
        text(SavedSession.path(in: "/bot/storage")).flatMap { SavedSession(fileText: $0)?.credential }
    }

    func text(_ path: String) -> String? { files.withLock { $0[path] }.map { String(decoding: $0, as: UTF8.self) } }

    func clientURL(of _: String) async throws(ServerFailure) -> String? { nil }
    func authenticationService(_: AuthenticationMetadata) -> any AuthenticationService { service }
    /// What the steps' homeserver follows.
    let succession = Mutex<(any TokenSuccession)?>(nil)

    func homeserver(
        at _: String,
        named _: ServerName?,
        following tokens: (any TokenSuccession)?
    ) -> any SetupHomeserver {
        succession.withLock { $0 = tokens }
        return scripted
    }

    let answers = false
    func ask(_: Question) async throws(OperatorGone) -> String { throw OperatorGone() }
    func show(link: String) { tell(link) }
    func tell(_ line: String) { told.withLock { $0.append(line) } }

    /// Files of another account.
    let unreadable = Mutex<Set<String>>([])
    /// What is done before a file is read, such as by the bot that runs on it.
    let beforeReading = Mutex<(@Sendable (String) -> Void)?>(nil)

    func read(_ path: String, atMost _: Int) throws(FileFailure) -> StoredFile? {
        beforeReading.withLock { $0 }?(path)
        if unreadable.withLock({ $0.contains(path) }) { throw FileFailure(path, "this account may not read the file") }
        return files.withLock { $0[path] }.map {
            StoredFile(bytes: $0, readers: readers.withLock { $0[path] } ?? .nobody)
        }
    }
    func write(_ bytes: [UInt8], to path: String, isSecret _: Bool) throws(FileFailure) {
        files.withLock { $0[path] = bytes }
    }
    func makeFolder(_: String, isPrivate _: Bool) throws(FileFailure) {}
    func close(_ path: String, keepsGroup: Bool) throws(FileFailure) {
        readers.withLock { $0[path] = keepsGroup ? .group(Self.botGroup) : .nobody }
    }
    func objection(toSecretsIn _: String) -> String? { objection.withLock { $0 } }
    func group(of _: String) -> UInt32? { Self.botGroup }
    func lock(_: String) throws(FileFailure) {
        if let failure = lockFailure.withLock({ $0 }) { throw failure }
    }
    func remove(_ path: String) throws(FileFailure) { files.withLock { $0[path] = nil } }
    func canWrite(in _: String) -> Bool { true }
    func freeSpace(in _: String) -> Int64? { nil }
    func absolute(_ path: String) -> String { path }

    func now() -> Duration { waits.withLock { $0.reduce(.zero, +) } }
    func wallMilliseconds() -> Int64 { 1_800_000_000_000 + Int64(now() / .milliseconds(1)) }
    func sleep(for duration: Duration) async { waits.withLock { $0.append(duration) } }
    func randomBytes(_ count: Int) -> [UInt8] { (0..<count).map { UInt8($0) } }

    func run(
        _ words: [String],
        environment: [String: String],
        timeout _: Duration
    ) async throws(CommandFailure) -> CommandOutput {
        commandsRun.withLock { $0.append(environment.map { "\($0)=\($1)" } + words) }
        if let failure = commandFailure.withLock({ $0 }) { throw failure }
        let output = commands.withLock { $0.isEmpty ? nil : $0.removeFirst() }
        guard let output else { throw .noSuchProgram(words.first ?? "") }
        return output
    }
    func isInstalled(_: String) -> Bool { hasServiceCommand.withLock { $0 } }
}
