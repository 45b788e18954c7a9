import JSON
import MatrixCore
import Observability
import Protections
import Setup
import Synchronization
import Testing

/// Rooms of a space are joined at the server's pace, and none is left out without its reason.
@Suite struct ProtectSpaceTests {
    private static func limited(_ delay: Duration) -> ServerFailure {
        ServerFailure("POST join", .limited(retryAfter: delay))
    }

    private struct Outcome {
        let run: SetupRun
        let failure: StepFailure?
        let bench: SetupBench
        var protected: Set<RoomID> { Set(run.protected) }
    }

    private static func protect(
        _ refusals: [RoomID: [ServerFailure]],
        named names: [RoomID: String] = [:]
    ) async throws -> Outcome {
        let bench = SetupBench(ScriptedHomeserver())
        let rooms = try (1...3).map { try room("!\($0):a.org") }
        bench.scripted.rooms.space.withLock {
            $0 = rooms.map { SpaceRoom(room: $0, name: names[$0], isSpace: false) }
        }
        bench.scripted.rooms.joins.withLock { $0 = refusals }
        var run = bench.run { $0.protectSpaces = [RoomReference(parsing: "!space:a.org")].compactMap(\.self) }
        run.session = AccountSession(user: try user("@bot:a.org"), token: Secret("syt_x"), device: "D")
        do throws(StepFailure) {
            _ = try await ProtectRooms().perform(&run, bench.tools)
            return Outcome(run: run, failure: nil, bench: bench)
        } catch {
            return Outcome(run: run, failure: error, bench: bench)
        }
    }

    @Test func `a limit is waited out, and told`() async throws {
        let limits = [Self.limited(.seconds(100)), Self.limited(.seconds(1))]
        let outcome = try await Self.protect([try room("!2:a.org"): limits])
        #expect(outcome.failure == nil)
        #expect(outcome.protected == Set(try (1...3).map { try room("!\($0):a.org") }))
        #expect(outcome.run.advice == [])
        #expect(outcome.bench.waits.withLock { $0 } == [.seconds(100), .seconds(1)])
        #expect(outcome.bench.told.withLock { $0 }.contains("rooms: the homeserver limits joining: waiting 100 s"))
    }

    @Test func `a limit that does not end is one of the run, and no room's`() async throws {
        let limits = Array(repeating: Self.limited(.seconds(10)), count: 9)
        let outcome = try await Self.protect([try room("!2:a.org"): limits])
        #expect(outcome.failure?.cause.contains("joining !2:a.org") == true)
        #expect(outcome.failure?.cause.contains("limits how often") == true)
        #expect(outcome.bench.waits.withLock { $0 } == Array(repeating: .seconds(10), count: 5))
    }

    @Test(arguments: [
        (403, "M_FORBIDDEN", "invite @bot:a.org there, then run the same again"),
        (404, "M_UNKNOWN", "where the room still exists, invite @bot:a.org there, then run the same again"),
        (
            400, "M_UNABLE_TO_GRANT_JOIN",
            "where the room still exists, invite @bot:a.org there, then run the same again"
        ),
    ])
    func `a room that refuses is named with the reason, and the others are protected`(
        _ status: Int,
        _ code: String,
        cure: String
    ) async throws {
        let refusal = ServerFailure("POST join", .refused(status: status, code: code, message: "why"))
        let outcome = try await Self.protect([try room("!2:a.org"): [refusal]])
        #expect(outcome.failure == nil)
        #expect(outcome.protected == [try room("!1:a.org"), try room("!3:a.org")])
        let advice = try #require(outcome.run.advice.first)
        #expect(advice.text == "!2:a.org of the space cannot be joined, and is not protected: \(refusal.cause)")
        #expect(advice.cure == [cure])
    }

    @Test(arguments: [
        ServerFailure.Reason.timedOut, .trouble(status: 502, "no server of it answers"), .cutOff("reset"),
    ])
    func `a room whose servers are gone keeps no other out`(_ reason: ServerFailure.Reason) async throws {
        let outcome = try await Self.protect([try room("!2:a.org"): [ServerFailure("POST join", reason)]])
        #expect(outcome.failure == nil)
        #expect(outcome.protected == [try room("!1:a.org"), try room("!3:a.org")])
        #expect(outcome.run.advice.first?.text.hasPrefix("!2:a.org of the space cannot be joined") == true)
    }

    @Test(arguments: [
        ServerFailure.Reason.nobodyThere("refused"), .refused(status: 401, code: "M_UNKNOWN_TOKEN", message: "dead"),
        .refused(status: 403, code: "M_UNKNOWN_TOKEN", message: "dead"), .limited(retryAfter: .seconds(300)),
    ])
    func `what is no room's fault ends the step`(_ reason: ServerFailure.Reason) async throws {
        let failure = ServerFailure("POST join", reason)
        let outcome = try await Self.protect([try room("!2:a.org"): [failure]])
        #expect(outcome.failure?.cause == "joining !2:a.org (POST join): \(failure.cause)")
        #expect(outcome.run.advice == [])
    }

    @Test func `a room's name is one field of one line`() async throws {
        let outcome = try await Self.protect([:], named: [try room("!1:a.org"): "x\n    rm -rf ~"])
        #expect(outcome.bench.told.withLock { $0 }.contains(#"  !1:a.org  x\n    rm -rf ~"#))
    }
}
