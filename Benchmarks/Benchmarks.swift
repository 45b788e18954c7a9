/// Measures what has a budget, each beside a bare loop or a limit of the machine that was measured in the same run.
///
/// Run it as `swift run -c release Benchmarks [part …]`; without a part all are measured.
@main struct Benchmarks {
    static let parts: [(name: String, run: @Sendable (Report) async throws -> Void)] = [
        ("state", measureStateIngest), ("sync", measureSyncIngest), ("policies", measurePolicies),
        ("queue", measureQueue), ("requests", measureRequests), ("restart", measureRestart),
    ]

    static func main() async throws {
        let arguments = CommandLine.arguments.dropFirst()
        if arguments.first == restartedArgument, let folder = arguments.last {
            return try await measureRestarted(folder)
        }
        let unknown = arguments.filter { name in !parts.contains { $0.name == name } }
        guard unknown.isEmpty else {
            return print("Benchmarks: no part \(unknown.joined(separator: ", ")); there are \(parts.map(\.name))")
        }
        let report = Report()
        report.begin()
        for part in parts where arguments.isEmpty || arguments.contains(part.name) { try await part.run(report) }
    }
}
