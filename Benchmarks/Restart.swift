import Glibc
import JSON
import MatrixCore
import Moderation
import PolicyEngine
import Protections
import RoomState
import Storage

let restartedArgument = "--restarted"

/// A restart at the size that the budgets name, in a process of its own: what others left in memory does not count.
func measureRestart(_ report: Report) async throws {
    try await withFolder { folder in
        var community = try Community(rooms: 1_000, membersOfARoom: 1_000, users: 300_000, rules: 10_000)
        let store = try SQLiteStore(dataPath: folder) { keep($0) }
        try await community.take(sync: community.firstSync, isCatchUp: true) { try await store.commit($0) }
        precondition(community.state.phase == .enforcing, "the community is not guarded: \(community.state.phase)")
        try await measurePolicyEvent(&community, store, report)
        await store.close()
        guard runSelf(restartedArgument, folder) == 0 else { return report.line("restart", "failed", isMet: false) }
    }
}

/// From a rule that sync brings to the first ban that may be sent, its user present in every room.
private func measurePolicyEvent(_ community: inout Community, _ store: SQLiteStore, _ report: Report) async throws {
    let spammer = "@spammer:spam.example"
    var joins = Timelines()
    for room in community.rooms {
        var events = MadeUpState(room: room)
        events.addMembership("join", of: spammer, named: "Spammer", 0)
        joins.add(room, events.bytes)
    }
    try await community.take(sync: joins.body, isCatchUp: false) { try await store.commit($0) }
    var rule = MadeUpState(room: Community.list)
    rule.addRule(1_000_000, spammer)
    var rules = Timelines()
    rules.add(Community.list, rule.bytes)

    let (start, startOfProcessor) = (ContinuousClock.now, processorTime())
    var decided = Duration.zero
    var rows = 0
    try await community.take(sync: rules.body, isCatchUp: false) { changes in
        if rows == 0 { decided = processorTime() - startOfProcessor }
        rows += changes.rows.count
        try await store.commit(changes)
    }
    let (elapsed, processor) = (ContinuousClock.now - start, processorTime() - startOfProcessor)
    report.line(
        "policy event to first ban, user in 1,000 rooms: \(rows) rows",
        atMost: .milliseconds(10),
        processor,
        beside: "decided \(text(decided)), clock \(text(elapsed))"
    )
}

/// In the new process: from the file to enforcing.
func measureRestarted(_ folder: String) async throws {
    let report = Report()
    let before = memory("VmRSS")
    let (clock, start) = (ContinuousClock.now, processorTime())
    let store = try SQLiteStore(dataPath: folder) { keep($0) }
    var stored: StoredState? = try await store.load()
    let loaded = processorTime()
    var state = try Community.freshState()
    let sizes = stored?.rooms.reduce(0) { $0 + $1.snapshot.count } ?? 0
    if let stored { try state.restore(stored) }
    stored = nil
    let restored = processorTime()
    let now = Moment(monotonic: .seconds(1), wallMilliseconds: 1_764_100_000_000)
    let catchUp = OwnedPaddedBytes(#"{"next_batch":"s9"}"#)
    let answer = SyncAnswer(body: catchUp, since: state.position, isCatchUp: true)
    let changes = state.decide([.sync(answer)], at: now)
    let decided = processorTime()
    let elapsed = ContinuousClock.now - clock
    precondition(state.phase == .enforcing, "not enforcing after a restart: \(state.phase)")
    try await store.commit(changes)
    state.queue.markCommitted()
    let loads = changes.rows.filter { if case .loadState = $0.action { true } else { false } }.count
    let what = "restart, \(state.rooms.trackedRooms.count) rooms, \(state.rooms.memberCount) memberships"
    report.line("\(what)", atMost: .seconds(1), decided - start, beside: "clock \(text(elapsed))")
    report.line("  reading the file", text(loaded - start), beside: "\(sizes / 1_000_000) MB of members")
    report.line(
        "  restoring",
        text(restored - loaded),
        beside: "\(state.policies.ruleCount) rules, \(state.rooms.userCount) users"
    )
    report.line("  judging everybody", text(decided - restored), beside: "\(changes.rows.count) rows")
    report.line("  requests of /state", "\(loads)", budget: "0", isMet: loads == 0)
    let resident = memory("VmRSS")
    report.line(
        "  resident memory",
        "\(rounded(resident)) MB",
        beside: "\(rounded(before)) MB before, peak \(rounded(memory("VmHWM"))) MB",
        budget: "< 150 MB",
        isMet: resident < 150
    )
    await store.close()
}

/// Runs this program again with these arguments, and waits for its end.
private func runSelf(_ arguments: String...) -> Int32 {
    fflush(nil)
    var strings = unsafe (["Benchmarks"] + arguments).map { unsafe strdup($0) }
    unsafe strings.append(nil)
    defer { unsafe strings.forEach { unsafe free($0) } }
    var child: pid_t = 0
    guard unsafe posix_spawn(&child, "/proc/self/exe", nil, nil, strings, environ) == 0 else { return -1 }
    var status: Int32 = 0
    unsafe waitpid(child, &status, 0)
    return status
}
