import JSON
import MatrixCore
import Moderation
import Protections

/// Does in a room of its own what the bot does all day, and waits until sync brings each of it back.
package struct SelfTest: SetupStep {
    package let name = "self-test"
    private static let stateType = EventType(rawValue: "space.draupnir.self_test")
    /// How long sync may take to bring an event back.
    private static let patience: Duration = .seconds(30)
    /// Enough to pass Synapse's usual burst of ten.
    private static let burst = 12

    package init() {}

    package func plan(_ run: SetupRun) -> [String] {
        ["try ban, unban, redaction, server ACL and state in a scratch room, which is left afterwards"]
    }

    package func perform(_ run: inout SetupRun, _ tools: SetupTools) async throws(StepFailure) -> [String] {
        let session = try run.account(name).1
        await leaveOld(&run, tools)
        let template = RoomTemplate(name: "Draupnir's self-test", preset: .privateChat)
        let room = try await run.make(.selfTest, template, name, tools)
        run.progress.scratchRoom = room
        run.progress.pending.remove(MadeRoom.selfTest.rawValue)
        try run.save(tools)
        guard !run.wishes.isDryRun else { return await rehearse(room, &run, tools) }
        var result = SelfTestResult()
        do throws(StepFailure) {
            try await probe(room, session, &run, tools, &result)
        } catch {
            await leaveOld(&run, tools)
            throw error
        }
        if run.rateLimit != .lifted { result.limit = await measure(room, run, tools) }
        await leaveOld(&run, tools)
        run.selfTest = result
        run.progress.isTested = true
        return lines(result)
    }

    private func rehearse(_ room: RoomID, _ run: inout SetupRun, _ tools: SetupTools) async -> [String] {
        guard let (homeserver, session) = try? run.account(name) else { return [] }
        let actions = Self.probes(in: room, redacting: try? EventID(parsing: "$the-message")).map(\.action)
        for action in actions {
            _ = try? await homeserver.perform(action, as: session.user, session.token, transaction: "self-test")
        }
        await leaveOld(&run, tools)
        return ["tries each in a scratch room, and leaves it"]
    }

    /// Failing to leave is no reason to fail: the next run does.
    private func leaveOld(_ run: inout SetupRun, _ tools: SetupTools) async {
        guard let homeserver = run.homeserver, let session = run.session else { return }
        var rooms = [run.progress.scratchRoom].compactMap(\.self)
        if let lost = try? await run.lost(.selfTest, name) { rooms.append(lost) }
        for room in rooms { await leave(room, homeserver, session, tools) }
        run.progress.scratchRoom = nil
        run.progress.pending.remove(MadeRoom.selfTest.rawValue)
    }

    /// The limits that were measured just before apply to this too.
    private func leave(
        _ room: RoomID,
        _ homeserver: any SetupHomeserver,
        _ session: AccountSession,
        _ tools: SetupTools
    ) async {
        _ = try? await waitingOutLimits(tools.clock, shorterThan: .seconds(30)) { delay in
            tools.tellOfLimit(name, on: "leaving", delay)
        } _: { () async throws(ServerFailure) in
            try await homeserver.perform(.leave(room), as: session.user, session.token, transaction: "")
        }
    }

    private func probe(
        _ room: RoomID,
        _ session: AccountSession,
        _ run: inout SetupRun,
        _ tools: SetupTools,
        _ result: inout SelfTestResult
    ) async throws(StepFailure) {
        let homeserver = try run.account(name).0
        var observer = SelfTestObserver(
            step: name,
            room: room,
            homeserver: homeserver,
            session: session,
            tools: tools
        )
        try await observer.begin()
        let message: Action = .sendEvent(.message, content: ["msgtype": "m.notice", "body": "self-test"], in: room)
        let sent = try await observer.perform(message, "message")
        guard case .event(let event) = sent.answer else { throw observer.noEvent }
        for probe in Self.probes(in: room, redacting: event) {
            let done = try await observer.perform(probe.action, probe.name)
            let observed = try await observer.wait(for: probe, since: done.start, atMost: Self.patience)
            result.probes.append(.init(name: probe.name, answered: done.duration, observed: observed))
        }
        result.hasStateAfter = observer.hasStateAfter
    }

    /// A server whose limits nobody could read tells them by refusing.
    private func measure(_ room: RoomID, _ run: SetupRun, _ tools: SetupTools) async -> SelfTestResult.Measured? {
        guard let (homeserver, session) = try? run.account(name) else { return nil }
        for number in 1...Self.burst {
            let action: Action = .sendState(
                Self.stateType,
                key: "\(number)",
                content: ["n": .integer(Int64(number))],
                in: room
            )
            do throws(ServerFailure) {
                _ = try await homeserver.perform(action, as: session.user, session.token, transaction: "")
            } catch {
                guard case .limited(let delay) = error.reason else { return nil }
                return .limited(after: number - 1 + Self.probes(in: room, redacting: nil).count + 2, retryAfter: delay)
            }
        }
        return .none(requests: Self.burst)
    }

    private func lines(_ result: SelfTestResult) -> [String] {
        var lines = result.probes.map {
            "\($0.name): answered in \($0.answered.milliseconds) ms, back through sync after \($0.observed.milliseconds) ms"
        }
        switch result.limit {
        case .limited(let count, let delay)?:
            lines.append(
                "the server limited the bot after about \(count) requests, to one in \(max(1, delay.components.seconds)) s"
            )
        case .none(let count)?: lines.append("no limit was met in \(count) requests at once")
        case nil: break
        }
        return lines
    }
}

extension SelfTest {
    struct Probe: Sendable {
        let name: String
        let action: Action
        let isSeen: @Sendable (SeenEvent) -> Bool
    }

    /// A user of a server that cannot exist: nobody is banned by it.
    private static var nobody: UserID? { try? UserID(parsing: "@draupnir-self-test:self-test.invalid") }

    static func probes(in room: RoomID, redacting event: EventID?) -> [Probe] {
        guard let nobody else { return [] }
        let acl = ServerACLContent(deny: ["self-test.invalid"], allowsIPLiterals: true)
        func isMember(_ membership: JSONValue) -> @Sendable (SeenEvent) -> Bool {
            { $0.type == .member && $0.key == nobody.rawValue && $0.content["membership"] == membership }
        }
        var probes = [
            Probe(name: "ban", action: .ban(nobody, in: room, reason: "self-test"), isSeen: isMember("ban")),
            Probe(name: "unban", action: .unban(nobody, in: room), isSeen: isMember("leave")),
            Probe(name: "acl", action: .setServerACL(acl, in: room)) { $0.type == .serverACL },
            Probe(
                name: "state",
                action: .sendState(stateType, key: "", content: ["works": true], in: room),
                isSeen: { [stateType] in $0.type == stateType }
            ),
        ]
        if let event {
            let redact = Probe(name: "redact", action: .redact(event, reason: "self-test", in: room)) {
                $0.redacts == event
            }
            probes.insert(redact, at: 2)
        }
        return probes
    }
}
