import MatrixCore
import Moderation
import Observability
import Protections

/// What doctor mends by itself.
extension Doctor {
    /// Does what is safe, and tells each before; what could not be done is told too.
    package func fix(_ facts: DoctorFacts) async {
        var done: [Fix] = []
        for result in facts.results {
            guard let fix = result.fix, !done.contains(fix) else { continue }
            done.append(fix)
            tools.person.tell(oneLine("\(result.code): \(fix.text)"))
            if let problem = await perform(fix, facts) { tools.person.tell("\(result.code): not done: \(problem)") }
        }
        if done.isEmpty { tools.person.tell("There is nothing that doctor can mend by itself.") }
    }

    private func perform(_ fix: Fix, _ facts: DoctorFacts) async -> String? {
        if case .closeFile(let file) = fix {
            do throws(FileFailure) { try tools.files.close(file.path, keepsGroup: file.keepsGroup) } catch {
                return error.problem
            }
            return nil
        }
        guard let token = facts.token, let user = facts.user else { return "there is no account to act with" }
        do throws(ServerFailure) {
            try await perform(fix, as: user, token, facts)
            return nil
        } catch {
            return error.cause
        }
    }

    private func perform(
        _ fix: Fix,
        as user: UserID,
        _ token: Secret,
        _ facts: DoctorFacts
    ) async throws(ServerFailure) {
        let homeserver = homeserver(at: facts.settings.homeserverURL)
        let administration = self.homeserver(at: facts.adminURL)
        let credential = facts.doesAdminTokenWork == true ? adminToken ?? token : token
        switch fix {
        case .liftRateLimit(let user): try await administration.liftRateLimit(of: user, credential)
        case .enableFeature(let name, let user): try await administration.enableFeature(name, for: user, credential)
        case .closeFile: break
        case .join(let room):
            _ = try await homeserver.perform(.join(RoomReference(room)), as: user, token, transaction: "")
        case .invite(let other, let room):
            _ = try await homeserver.perform(.invite(other, in: room), as: user, token, transaction: "")
        }
    }
}
