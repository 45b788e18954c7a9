import MatrixCore
import Moderation
import Observability
import Setup
import Synchronization
import Testing

/// What doctor mends by itself.
@Suite struct DoctorFixingTests {
    @Test func `a file is closed without a token and without a server, and keeps the bot's group`() async throws {
        let bench = SetupBench(ScriptedHomeserver())
        let secrets = SetupFolder("/bot").secrets
        let (token, password, admin) = (
            "\(secrets)/access-token", "\(secrets)/account-password", "\(secrets)/admin-access-token"
        )
        bench.files.withLock { for path in [token, password, admin] { $0[path] = [0x78] } }
        bench.readers.withLock {
            $0[token] = .everybody(SetupBench.botGroup)
            $0[password] = .group(100)
            $0[admin] = .group(SetupBench.botGroup)
        }
        let doctor = Doctor(bench.tools, configuration: "/bot/production.yaml")
        let facts = await doctor.facts()
        #expect(facts.server == nil)
        let told = facts.results.filter { $0.code == "TOK-6" && $0.fix != nil }
        #expect(Set(told.flatMap(\.cure)) == ["    chmod o= \(token)", "    chmod 600 \(password)"])
        await doctor.fix(facts)
        let group = StoredFile.Readers.group(SetupBench.botGroup)
        #expect(bench.readers.withLock { $0 } == [token: group, password: .nobody, admin: group])
        #expect(await doctor.facts().sharedFiles == [])
    }

    @Test func `a running bot tells a cure that says what to do`() async throws {
        let bench = SetupBench(ScriptedHomeserver())
        let failures = await Doctor(bench.tools, configuration: "/nowhere/c.yaml").failures()
        let wrong = try #require(failures.first { $0.code == "OS-2" })
        #expect(wrong.text.hasSuffix(". Cure: correct it, then see: draupnir config check /nowhere/c.yaml"))
    }

    private final class Addresses: Homeservers {
        let bench: SetupBench
        let homeservers = ["http://pan": ScriptedHomeserver(), "https://a.org": ScriptedHomeserver()]

        init(_ bench: SetupBench) { self.bench = bench }

        func homeserver(
            at url: String,
            named _: ServerName?,
            following _: (any TokenSuccession)?
        ) -> any SetupHomeserver {
            homeservers[url] ?? bench.scripted
        }
        func clientURL(of _: String) async throws(ServerFailure) -> String? { nil }
        func authenticationService(_: AuthenticationMetadata) -> any AuthenticationService { bench.service }
    }

    @Test func `what an admin does goes past Pantalaimon`() async throws {
        let bench = SetupBench(ScriptedHomeserver())
        let addresses = Addresses(bench)
        var facts = try DoctorChecksTests.sound()
        facts.settings.pantalaimon.isUsed = true
        facts.settings.homeserverURL = "http://pan"
        facts.settings.rawHomeserverURL = "https://a.org"
        facts.rateLimit = .usual
        await Doctor(bench.tools(addresses), configuration: "/bot/production.yaml").fix(facts)
        #expect(addresses.homeservers["https://a.org"]?.asked.withLock { $0 } == ["lift"])
        #expect(addresses.homeservers["http://pan"]?.asked.withLock { $0 } == [])
    }
}
