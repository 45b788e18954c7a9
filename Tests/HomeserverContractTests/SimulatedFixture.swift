import HomeserverContract
import MatrixCore
import SimulatedHomeserver
import Testing

/// The double, on a clock that never moves: a sync that waits is answered by news alone.
struct SimulatedFixture: HomeserverFixture {
    let homeserver: SimulatedHomeserver

    init(_ settings: SimulationSettings) { homeserver = SimulatedHomeserver(settings, time: VirtualTime()) }

    func makeAccount(_ name: String) async throws -> HomeserverAccount {
        let user = try UserID(parsing: "@\(name):a.org")
        await homeserver.register(user, displayName: name)
        return HomeserverAccount(user: user, homeserver: homeserver.account(of: user))
    }
}

@Suite(.timeLimit(.minutes(1))) struct SimulatedHomeserverContractTests {
    @Test(arguments: HomeserverContract.allCases, [SimulationSettings.StateAfter.unknown, .unstable, .stable])
    func `the simulated homeserver`(
        _ clause: HomeserverContract,
        _ stateAfter: SimulationSettings.StateAfter
    )
        async throws
    {
        var settings = SimulationSettings()
        settings.stateAfter = stateAfter
        try await clause.check(on: SimulatedFixture(settings))
    }
}
