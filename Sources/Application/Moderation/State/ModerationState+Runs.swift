import Commands
import MatrixCore
import Protections

/// Runs: what has several steps with the homeserver between them.
extension ModerationState {
    /// Puts what a run asks for in the queue, and the run itself on disk.
    mutating func ask(_ actions: [Action], _ memo: String?, for run: Run, because cause: Cause, lane: Lane) {
        var run = run
        run.memo = memo
        run.waiting = actions.map { action in
            Run.Waiting(row: enqueue(action, because: cause, lane: lane, run: run.key), action: action)
        }
        runs[run.key] = run
        write(.run(run.key), run.stored)
        // A dry run answers at once, and asking for nothing is answered too.
        for asked in run.waiting where queue.rows[asked.row] == nil {
            resume(run.key, row: asked.row, with: .simulated)
        }
        if actions.isEmpty {
            runs[run.key]?.endRound()
            proceed(run.key)
        }
    }

    /// A row that a run waits for has ended.
    mutating func resume(_ key: EventID, row: Int64, with result: RequestResult) {
        guard let isComplete = runs[key]?.take(result, for: row) else { return }
        // A run of thousands is not written anew for each: after a crash the last few count as done, as most are.
        if isComplete || (runs[key]?.resultCount ?? 0).isMultiple(of: 64) { write(.run(key), runs[key]?.stored) }
        if isComplete { proceed(key) }
    }

    /// After a restart: rows that ended and whose results were not written yet.
    mutating func resumeRunsOfEndedRows() {
        for (key, run) in runs {
            for asked in run.waiting where asked.result == nil && queue.rows[asked.row] == nil {
                resume(key, row: asked.row, with: .done)
            }
        }
    }

    private mutating func proceed(_ key: EventID) {
        guard let run = runs[key] else { return }
        switch run.kind {
        case .startup: advanceStart()
        case .command(let text, let sender, let thread): step(run, text, sender, thread)
        }
    }
}
