import JSON
import Observability

/// Sets a bot up, step by step, each saved before the next begins.
package struct Setup: Sendable {
    private let tools: SetupTools
    private let steps: [any SetupStep]

    /// From nothing to a green self-test.
    package static let allSteps: [any SetupStep] = [
        FindServer(), CheckNames(), ObtainAccount(), GrantAdmin(), LiftRateLimits(), SwitchOnFeatures(),
        MakeManagementRoom(), MakeFirstList(), ProtectRooms(), WriteConfiguration(), SelfTest(),
    ]

    package init(_ tools: SetupTools, steps: [any SetupStep] = Setup.allSteps) {
        self.tools = tools
        self.steps = steps
    }

    package func run(_ wishes: SetupWishes) async -> SetupReport {
        let start = tools.clock.now()
        let folder: SetupFolder
        var wishes = wishes
        do throws(StepFailure) { folder = try await Dialogue(tools: tools, steps: steps).folder(&wishes) } catch {
            let folder = SetupFolder(SetupWishes.standardDirectory)
            let run = SetupRun(wishes: wishes, folder: folder, progress: SetupProgress(mark: ""))
            return SetupReport(run, failure: error, duration: tools.clock.now() - start)
        }
        var run = SetupRun(wishes: wishes, folder: folder, progress: SetupProgress(mark: mark()))
        do throws(StepFailure) {
            // What another run is about to save would be read too early.
            if !run.wishes.isDryRun { try run.lockFolder(tools) }
            run.progress = try savedProgress(folder) ?? run.progress
            if run.wishes.homeserver == nil { run.wishes.homeserver = run.progress.baseURL }
            if tools.person.answers { try await Dialogue(tools: tools, steps: steps).complete(&run) }
            try await perform(&run)
            return SetupReport(run, failure: nil, duration: tools.clock.now() - start)
        } catch {
            return SetupReport(run, failure: error, duration: tools.clock.now() - start)
        }
    }

    private func perform(_ run: inout SetupRun) async throws(StepFailure) {
        for step in steps {
            let start = tools.clock.now()
            let lines: [String]
            do throws(StepFailure) {
                lines = try await step.perform(&run, tools)
            } catch {
                // What became known stays known; the failure itself is what is told.
                if run.session != nil { try? run.save(tools) }
                throw error
            }
            if !run.progress.done.contains(step.name) { run.progress.done.append(step.name) }
            if run.session != nil { try run.save(tools) }
            for line in lines { tools.person.tell("\(step.name)\(run.wishes.isDryRun ? " (dry run)" : ""): \(line)") }
            let duration = (tools.clock.now() - start).milliseconds
            run.outcomes.append(StepOutcome(step: step.name, lines: lines, milliseconds: duration))
        }
    }

    private func mark() -> String {
        tools.clock.randomBytes(8).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }

    /// Nil where there is none.
    private func savedProgress(_ folder: SetupFolder) throws(StepFailure) -> SetupProgress? {
        let file: StoredFile?
        do throws(FileFailure) { file = try tools.files.read(folder.progress, atMost: 1 << 20) } catch {
            throw error.ending("progress", cure: "let this account read it, or name another --directory")
        }
        guard let file else { return nil }
        guard let json = try? JSONValue(parsing: file.bytes.span), let progress = SetupProgress(json) else {
            throw StepFailure(
                "progress",
                "\(folder.progress) cannot be read as what an earlier run has saved",
                cure: "remove it: setup then looks for what is there"
            )
        }
        return progress
    }
}
