package import JSON
import MatrixCore
import Observability

/// What a run of setup has come to.
package struct SetupReport: Sendable {
    package let run: SetupRun
    package let failure: StepFailure?
    package let duration: Duration

    init(_ run: SetupRun, failure: StepFailure?, duration: Duration) {
        self.run = run
        self.failure = failure
        self.duration = duration
    }

    package var exitStatus: Int32 { failure?.exitStatus ?? 0 }

    package var json: JSONValue {
        var object = JSONObject()
        object["ok"] = .boolean(failure == nil)
        object["dry_run"] = .boolean(run.wishes.isDryRun)
        object["milliseconds"] = .integer(duration.milliseconds)
        object["homeserver"] = run.server.map { .string($0.baseURL) }
        object["server"] = run.server.map { .string($0.flavour.rawValue) }
        object["user"] = (run.session?.user).map { .string($0.rawValue) }
        object["admin"] = run.isServerAdmin.map { .boolean($0) }
        object["rate_limits"] = run.rateLimit.map { .string($0 == .lifted ? "off" : "on") }
        object["management_room"] = run.progress.managementRoom.map { .string($0.rawValue) }
        object["list"] = run.progress.list.map { .string($0.rawValue) }
        object["protected"] = .array(run.protected.map { .string($0.rawValue) })
        object["configuration"] = .string(run.folder.configuration)
        object["steps"] = .array(
            run.outcomes.map { outcome in
                [
                    "step": .string(outcome.step), "milliseconds": .integer(outcome.milliseconds),
                    "done": .array(outcome.lines.map { .string($0) }),
                ]
            }
        )
        object["advice"] = .array(
            run.advice.map { advice in
                ["step": .string(advice.step), "cause": .string(advice.text), "cure": advice.cure.asJSON]
            }
        )
        if let test = run.selfTest { object["self_test"] = test.json }
        if let failure {
            object["failure"] = [
                "kind": .string(failure.kind.rawValue), "step": .string(failure.step), "cause": .string(failure.cause),
                "cure": failure.cure.asJSON,
            ]
        }
        return .object(object)
    }

    /// What a person reads at the end, behind the progress.
    package var text: String {
        var lines: [String] = []
        if !run.advice.isEmpty {
            lines += ["", "What could be better:"]
            for advice in run.advice {
                lines.append(oneLine("  \(advice.step): \(advice.text)"))
                lines += advice.cure.map { oneLine($0.hasPrefix("    ") ? "  \($0)" : "    → \($0)") }
            }
        }
        guard failure == nil else { return lines.map { $0 + "\n" }.joined() }
        guard run.outcomes.contains(where: { $0.step == "configuration" }) else {
            return lines.map { $0 + "\n" }.joined()
        }
        let seconds = duration.milliseconds / 100
        if run.wishes.isDryRun {
            lines += ["", "Dry run: nothing was changed."]
        } else {
            lines += ["", "Done in \(seconds / 10).\(seconds % 10) s. Start the bot:"]
            lines.append(
                "    draupnir bot --draupnir-config \(shellWord(run.folder.configuration))"
                    + " --access-token-path \(shellWord(run.folder.accessToken))"
            )
            if let room = run.progress.managementRoom {
                lines += [
                    "and command it in the management room:",
                    "    \(Permalink(.room(RoomReference(room, via: (run.session?.user.server).map { [$0] } ?? []))).text)",
                ]
            }
        }
        return lines.map { $0 + "\n" }.joined()
    }
}

extension [String] {
    var asJSON: JSONValue { .array(map { .string($0) }) }
}

extension SelfTestResult {
    var json: JSONValue {
        var object = JSONObject()
        for probe in probes {
            object[probe.name] = [
                "answered_ms": .integer(probe.answered.milliseconds),
                "observed_ms": .integer(probe.observed.milliseconds),
            ]
        }
        object["state_after"] = .boolean(hasStateAfter)
        switch limit {
        case .limited(let count, let delay)?:
            object["limit"] = ["after": .integer(Int64(count)), "retry_after_ms": .integer(delay.milliseconds)]
        case .none(let count)?: object["limit"] = ["none_in": .integer(Int64(count))]
        case nil: break
        }
        return .object(object)
    }
}
