import Setup
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(1))) struct HostileDateTests {
    @Test(arguments: ["-2147483648", "2147483647", "99999999999"])
    func `a year that is none is no reason to end`(_ year: String) async throws {
        let date = "Date: Sun, 01 Jan \(year) 00:00:00 GMT"
        let versions = Answer(#"{"versions":["v1.15"]}"#, headers: [date])
        try await RecordedWorld.with(["GET /_matrix/client/versions": [versions]]) { world in
            let run = try await world.begun { _ in }
            #expect(run.server != nil)
            #expect(run.server?.versions.clockSkew == nil)
        }
    }
}
