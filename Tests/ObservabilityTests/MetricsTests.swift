import Observability
import Testing

@Suite(.timeLimit(.minutes(1))) struct MetricsTests {
    enum Verb: String, MetricLabel {
        case ban, kick
        static let labelName = "verb"
    }

    enum Odd: MetricLabel {
        case quote
        static let labelName = "odd"
        var labelValue: String { "a\"b\\c\nd" }
    }

    @Test func `what was counted is exposed as Prometheus reads it`() {
        let registry = MetricsRegistry()
        let actions = registry.counter("actions_total", "Actions that\nwere taken.", by: Verb.self)
        let rooms = registry.gauge("rooms", "Rooms.")
        registry.gauge("queue", "Rows \\ waiting.", read: { 1.5 })
        let times = registry.histogram("wait_seconds", "Waits.", by: Verb.self, bounds: [0.1, 1])
        _ = registry.counter("odd_total", "Odd.", by: Odd.self)
        actions.add(for: .ban)
        actions.add(2, for: .ban)
        rooms.set(3)
        rooms.add(-1)
        for seconds in [0.1, 0.5, 2] { times.observe(seconds, for: .kick) }
        #expect(
            registry.exposition == """
                # HELP actions_total Actions that\\nwere taken.
                # TYPE actions_total counter
                actions_total{verb="ban"} 3
                actions_total{verb="kick"} 0
                # HELP rooms Rooms.
                # TYPE rooms gauge
                rooms 2
                # HELP queue Rows \\\\ waiting.
                # TYPE queue gauge
                queue 1.5
                # HELP wait_seconds Waits.
                # TYPE wait_seconds histogram
                wait_seconds_bucket{verb="ban",le="0.1"} 0
                wait_seconds_bucket{verb="ban",le="1"} 0
                wait_seconds_bucket{verb="ban",le="+Inf"} 0
                wait_seconds_sum{verb="ban"} 0
                wait_seconds_count{verb="ban"} 0
                wait_seconds_bucket{verb="kick",le="0.1"} 1
                wait_seconds_bucket{verb="kick",le="1"} 2
                wait_seconds_bucket{verb="kick",le="+Inf"} 3
                wait_seconds_sum{verb="kick"} 2.6
                wait_seconds_count{verb="kick"} 3
                # HELP odd_total Odd.
                # TYPE odd_total counter
                odd_total{odd="a\\"b\\\\c\\nd"} 0

                """
        )
    }

    @Test(arguments: [
        (Double.nan, "NaN"), (.infinity, "+Inf"), (-.infinity, "-Inf"), (1e18, "1000000000000000000"),
        (1e300, "1e+300"),
        (-0.25, "-0.25"),
    ])
    func `numbers are written as Prometheus reads them`(value: Double, text: String) {
        let registry = MetricsRegistry()
        registry.gauge("g", "G.").set(value)
        #expect(registry.exposition.hasSuffix("\ng \(text)\n"))
    }

    @Test func `a time is observed in seconds`() {
        let registry = MetricsRegistry()
        registry.histogram("t", "T.", bounds: [1]).observe(.milliseconds(250))
        #expect(registry.exposition.contains("t_sum 0.25\n"))
    }

    @Test func `nothing is lost between tasks`() async {
        let registry = MetricsRegistry()
        let counter = registry.counter("c_total", "C.")
        let histogram = registry.histogram("h", "H.", bounds: [1])
        let gauge = registry.gauge("g", "G.")
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<8 {
                group.addTask {
                    for _ in 0..<1_000 {
                        counter.add()
                        histogram.observe(2)
                        gauge.add(1)
                    }
                }
            }
        }
        #expect(counter.value == 8_000)
        #expect(gauge.value == 8_000)
        #expect(
            registry.exposition.contains(
                "h_bucket{le=\"1\"} 0\nh_bucket{le=\"+Inf\"} 8000\nh_sum 16000\nh_count 8000\n"
            )
        )
    }

    @Test(arguments: ["", "1a", "a-b", "ä"]) func `a bad name ends the program`(name: String) async {
        await #expect(processExitsWith: .failure) { [name] in _ = MetricsRegistry().counter(name, "") }
    }

    @Test func `a name that is made twice ends the program`() async {
        await #expect(processExitsWith: .failure) {
            let registry = MetricsRegistry()
            _ = registry.counter("a", "")
            registry.gauge("a", "", read: { 0 })
        }
    }

    @Test func `bounds that do not rise end the program`() async {
        await #expect(processExitsWith: .failure) { _ = MetricsRegistry().histogram("a", "", bounds: [1, 1]) }
    }
}
