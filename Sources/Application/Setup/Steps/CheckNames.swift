import MatrixCore
import Observability

/// Checks every name and file before anything is made.
package struct CheckNames: SetupStep {
    package let name = "names"
    package static let standardLocalpart = "draupnir"

    private let needsManager: Bool

    package init(needsManager: Bool = true) { self.needsManager = needsManager }

    package func plan(_ run: SetupRun) -> [String] { [] }

    package func perform(_ run: inout SetupRun, _ tools: SetupTools) async throws(StepFailure) -> [String] {
        let (homeserver, server) = try run.found(name)
        guard tools.files.canWrite(in: run.folder.path) else {
            throw StepFailure(
                name,
                "the directory \(run.folder.path) cannot be written by this account",
                cure: "make it writable, or name another with --directory"
            )
        }
        let localpart = run.wishes.localpart ?? run.progress.user.map { String($0.localpart) } ?? Self.standardLocalpart
        if let objection = objection(toNewLocalpart: localpart, on: server.serverName), run.makesAccount {
            throw StepFailure(
                name,
                "--localpart \(printable(localpart)): \(objection)",
                cure: "choose another, such as draupnir",
                kind: .usage
            )
        }
        guard
            !needsManager || !run.wishes.managers.isEmpty || run.wishes.managementRoom != nil
                || run.progress.managementRoom != nil
        else {
            throw .missing("manager", "who commands the bot, such as @you:example.org; or give --management-room")
        }
        var lines: [String] = []
        for manager in run.wishes.managers {
            lines.append(try await check(manager, homeserver, server, &run))
        }
        return lines
    }

    private func check(
        _ manager: UserID,
        _ homeserver: any SetupHomeserver,
        _ server: ServerFacts,
        _ run: inout SetupRun
    ) async throws(StepFailure) -> String {
        do throws(ServerFailure) {
            if try await homeserver.profileExists(manager) { return "\(manager) exists" }
        } catch {
            return "\(manager): whether the account exists could not be told"
        }
        if server.serverName == nil || manager.server == server.serverName {
            throw StepFailure(
                name,
                "there is no account \(manager): nobody would command the bot",
                cure: "correct --manager; the whole user ID is needed, such as @you:\(manager.server)",
                kind: .usage
            )
        }
        run.advise(name, "\(manager) could not be found on \(manager.server); they are invited all the same")
        return "\(manager) could not be found"
    }
}

extension SetupRun {
    /// Whether an account will be made rather than used.
    var makesAccount: Bool {
        let wishes = wishes
        let isGiven =
            wishes.accessTokenFile != nil || wishes.typedAccessToken != nil || wishes.appserviceRegistration != nil
        return !isGiven && progress.user == nil
    }
}
