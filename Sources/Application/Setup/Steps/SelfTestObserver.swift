import Moderation
import MatrixCore
import Protections

/// Does one thing after the other in a room, and reads along by sync.
struct SelfTestObserver {
    let step: String
    let room: RoomID
    let homeserver: any SetupHomeserver
    let session: AccountSession
    let tools: SetupTools
    private(set) var hasStateAfter = false
    private var since: String?
    private var seen: [SeenEvent] = []
    private var count = 0

    init(step: String, room: RoomID, homeserver: any SetupHomeserver, session: AccountSession, tools: SetupTools) {
        self.step = step
        self.room = room
        self.homeserver = homeserver
        self.session = session
        self.tools = tools
    }

    var noEvent: StepFailure {
        StepFailure(
            step,
            "the homeserver's answer to a message has no event ID",
            cure: "look at what stands before the homeserver"
        )
    }

    mutating func begin() async throws(StepFailure) { try await read(wait: .zero) }

    /// Waits out a limit, within reason.
    mutating func perform(
        _ action: Action,
        _ name: String
    ) async throws(StepFailure) -> (answer: ActionResult, start: Duration, duration: Duration) {
        count += 1
        do throws(ServerFailure) {
            return try await waitingOutLimits(tools.clock, shorterThan: .seconds(60)) { [self] delay in
                tools.tellOfLimit(step, on: "sending", delay)
            } _: { [self] () async throws(ServerFailure) in
                let start = tools.clock.now()
                let answer = try await homeserver.perform(
                    action,
                    as: session.user,
                    session.token,
                    transaction: "self-test-\(count)"
                )
                return (answer, start, tools.clock.now() - start)
            }
        } catch {
            throw error.ending(step, at: homeserver.baseURL, "\(name) in the scratch room")
        }
    }

    mutating func wait(
        for probe: SelfTest.Probe,
        since start: Duration,
        atMost patience: Duration
    ) async throws(StepFailure) -> Duration {
        while true {
            if let index = seen.firstIndex(where: probe.isSeen) {
                seen.removeSubrange(...index)
                return tools.clock.now() - start
            }
            guard tools.clock.now() - start < patience else {
                throw StepFailure(
                    step,
                    "\(probe.name) was done in the scratch room, but sync has not brought it back within \(patience.components.seconds) s",
                    cure: "look into the homeserver's log; with workers, see whether all of them run"
                )
            }
            try await read(wait: .seconds(5))
        }
    }

    private mutating func read(wait: Duration) async throws(StepFailure) {
        do throws(ServerFailure) {
            let answer = try await homeserver.sync(room, since: since, wait: wait, session.token)
            since = answer.next
            seen += answer.events
            if answer.hasStateAfter { hasStateAfter = true }
        } catch {
            throw error.ending(step, at: homeserver.baseURL, "reading sync")
        }
    }
}
