import Synchronization
import MatrixCore
import Moderation
import Observability
import Setup
import TestSupport

/// The steps of setup on Dendrite, one at a time.
enum DendriteScene {
    static let bot: UserID = "@draupnir:example.org"
    static let configuration = """
        global:
          server_name: example.org
        client_api:
          registration_shared_secret: "s3cret-of-registration"
          turn:
            turn_shared_secret: "s3cret-of-turn"

          # Settings for rate-limited endpoints.
          rate_limiting:
            enabled: true
            threshold: 20
            cooloff_ms: 500
            exempt_user_ids:
            #  - "@user:domain.com"

        federation_api:
          send_max_retries: 16

        """

    static func bench(isAdmin: Bool = false, _ file: String? = nil) -> SetupBench {
        let homeserver = ScriptedHomeserver(
            identities: [.success(Identity(user: bot, device: "D"))],
            logins: [.success(AccountSession(user: bot, token: Secret("dendrite-token"), device: "D"))],
            isAdmin: isAdmin
        )
        let bench = SetupBench(homeserver)
        if let file { bench.files.withLock { $0["/etc/dendrite.yaml"] = Array(file.utf8) } }
        return bench
    }

    static func run(on bench: SetupBench, _ change: (inout SetupWishes) -> Void = { _ in }) -> SetupRun {
        var wishes = SetupWishes()
        change(&wishes)
        var run = SetupRun(wishes: wishes, folder: SetupFolder("/bot"), progress: SetupProgress(mark: "m"))
        run.homeserver = bench.scripted
        run.session = AccountSession(user: bot, token: Secret("dendrite-token"), device: "D")
        run.server = ServerFacts(
            baseURL: bench.scripted.baseURL,
            serverName: "example.org",
            flavour: .dendrite,
            version: "0.15.2",
            versions: ServerVersions(versions: ["v1.2"]),
            loginFlows: [LoginFlow(LoginFlow.password)]
        )
        return run
    }

    static func perform(
        _ step: any SetupStep,
        _ run: inout SetupRun,
        _ bench: SetupBench
    ) async
        -> Result<[String], StepFailure>
    {
        do throws(StepFailure) { return .success(try await step.perform(&run, bench.tools)) } catch {
            return .failure(error)
        }
    }

    static func failure(
        _ step: any SetupStep,
        _ run: inout SetupRun,
        _ bench: SetupBench
    ) async throws
        -> StepFailure
    {
        guard case .failure(let failure) = await perform(step, &run, bench) else { throw Unexpected() }
        return failure
    }

    struct Unexpected: Error {}
}
