import JSON
import MatrixCore
import Moderation
import Observability
import Setup
import Synchronization
import Testing

/// Doctor reads as often as it likes, and notes once what it saw.
@Suite struct DoctorNotesTests {
    private let scratch: ScratchConfiguration
    private let notes: String
    private let bench: SetupBench
    private let doctor: Doctor

    init() throws {
        scratch = try ScratchConfiguration("managementRoom: \"!m:a.org\"\n")
        notes = scratch.folder + "/doctor-notes.json"
        let identity = Identity(user: try user("@bot:a.org"), device: "D")
        bench = SetupBench(ScriptedHomeserver(identities: [.success(identity)]))
        bench.scripted.answersVersions.withLock { $0 = true }
        bench.scripted.rooms.joined.withLock { $0 = [] }
        bench.files.withLock { [notes] in $0[notes] = Array(#"{"protected":["!a:a.org","!b:a.org"]}"#.utf8) }
        doctor = Doctor(bench.tools, configuration: scratch.path, accessTokenFile: scratch.token)
    }

    private func say(_ answer: Result<JSONValue, ServerFailure>) {
        bench.scripted.rooms.accountData.withLock { $0[AccountDataType.protectedRooms] = answer }
    }

    private func result(_ code: String, _ facts: DoctorFacts) -> CheckResult? {
        facts.results.first { $0.code == code }
    }

    @Test func `looking twice hides nothing, and only what is remembered is written`() async throws {
        say(.success(["rooms": ["!a:a.org"]]))
        let before = bench.files.withLock { $0 }
        #expect(result("RM-8", await doctor.facts())?.grade == .fail)
        let facts = await doctor.facts()
        #expect(result("RM-8", facts)?.grade == .fail)
        #expect(result("RM-8", facts)?.cause.contains("!b:a.org") == true)
        #expect(bench.files.withLock { $0 } == before, "facts only reads")
        doctor.remember(facts)
        #expect(bench.text(notes) == #"{"protected":["!a:a.org"]}"#)
        #expect(result("RM-8", await doctor.facts())?.grade == .ok)
    }

    @Test func `account data that is not told is not taken for none`() async throws {
        say(.failure(ServerFailure("GET account data", .trouble(status: 500, "oops"))))
        let facts = await doctor.facts()
        #expect(result("RM-8", facts) == nil)
        #expect(result("PL-1", facts) == nil)
        let told = try #require(result("ACC-4", facts))
        #expect(told.grade == .fail)
        #expect(told.cause.contains("oops"))
        let before = bench.files.withLock { $0 }
        doctor.remember(facts)
        #expect(bench.files.withLock { $0 } == before)
    }

    @Test func `nor is account data that makes no sense`() async throws {
        say(.success(["rooms": "x"]))
        let facts = await doctor.facts()
        #expect(result("ACC-4", facts)?.grade == .fail)
        #expect(result("RM-8", facts)?.grade == .ok)
        let before = bench.files.withLock { $0 }
        doctor.remember(facts)
        #expect(bench.files.withLock { $0 } == before)
    }
}
