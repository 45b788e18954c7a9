import Moderation
import Testing

@Suite struct HealthStateTests {
    @Test(arguments: [
        (HealthState.Stage.starting, false), (.enforcing, true), (.degraded(reason: "x"), false), (.stopping, false),
    ])
    func `the bot is ready while it enforces`(stage: HealthState.Stage, isReady: Bool) {
        let health = HealthState()
        #expect(!health.isReady)
        health.enter(stage)
        #expect(health.isReady == isReady)
        #expect(health.stage == stage)
    }

    @Test func `nothing comes after the end`() {
        let health = HealthState()
        health.enter(.stopping)
        health.enter(.enforcing)
        #expect(health.stage == .stopping)
    }
}
