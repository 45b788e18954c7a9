import Moderation
import Protections
import SimulatedHomeserver
import Synchronization
import TestSupport

/// What goes wrong with requests, by the throw of dice.
final class FaultDice: Sendable {
    private struct State {
        var numbers: SeededNumbers
        var percent = 0
    }
    private let state: Mutex<State>

    init(seed: UInt64) { state = Mutex(State(numbers: SeededNumbers(seed: seed))) }

    /// How many requests of a hundred fare ill.
    func set(percent: Int) { state.withLock { $0.percent = percent } }

    func fault(for request: SimulatedRequest) -> Fault? {
        state.withLock { state in
            guard state.numbers.happens(state.percent) else { return nil }
            return state.numbers.one(of: Self.faults(of: request.call))
        }
    }

    private static func faults(of call: Call) -> [Fault] {
        let always: [Fault] = [
            .unreachable, .limited(retryAfter: .milliseconds(700)), .serverTrouble(status: 502), .lostRequest,
            .lostAnswer, .delay(.milliseconds(300)), .delay(.seconds(4)),
        ]
        switch call {
        case .sync:
            return always + [.truncatedBody(keeping: 40), .truncatedBody(keeping: 400), .truncatedBody(keeping: 2_000)]
        case .state, .messages: return always + [.truncatedBody(keeping: 300)]
        case .action(let action, _):
            // Of what a newer request may replace, an older one must not come true after it.
            switch action {
            case .ban, .kick, .unban, .sendEvent:
                return always + [.serverTroubleAfterEffect(status: 504), .lateEffect(after: .milliseconds(600))]
            default: return always + [.serverTroubleAfterEffect(status: 504)]
            }
        default: return always
        }
    }
}
