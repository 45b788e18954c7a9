import MatrixCore
import Moderation
import Observability
import Setup
import Synchronization
import Testing

/// What doctor cannot read it says so of, and nothing of the defaults that would stand in its place.
@Suite struct DoctorUnreadableTests {
    @Test(arguments: ["logLevel: [1\n", "a: 1\na: 2\n\t- b\n"])
    func `a configuration that is no YAML is all that is told`(_ text: String) async throws {
        let scratch = try ScratchConfiguration(text)
        let bench = SetupBench(ScriptedHomeserver())
        let facts = await Doctor(bench.tools, configuration: scratch.path, accessTokenFile: scratch.token).facts()
        #expect(Set(facts.results.map(\.code)) == ["OS-2"], "\(facts.results.map(\.cause))")
        #expect(facts.results.allSatisfy { $0.grade == .fail })
        #expect(bench.scripted.asked.withLock { $0 } == [])
        #expect(facts.server == nil && facts.serverFailure == nil, "the default homeserver is not asked")
    }

    @Test func `a token's file that this account may not read is no dead token and no placeholder`() async throws {
        let scratch = try ScratchConfiguration("managementRoom: \"!m:a.org\"\n")
        let bench = SetupBench(ScriptedHomeserver())
        bench.scripted.answersVersions.withLock { $0 = true }
        let token = SetupFolder(scratch.folder).accessToken
        bench.unreadable.withLock { $0 = [token] }
        let facts = await Doctor(bench.tools, configuration: scratch.path).facts()
        #expect(facts.server != nil)
        #expect(!facts.results.contains { $0.code.hasPrefix("TOK") }, "\(facts.results.map(\.cause))")
        #expect(facts.results.contains { $0.code == "OS-2" && $0.cause.contains(token) })
    }
}
