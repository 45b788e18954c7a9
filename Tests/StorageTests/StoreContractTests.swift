import MatrixCore
import Moderation
import Protections
import TestSupport
import Testing

/// What every store must do; the double too, or what is tested on it is not true of the real one.
@Suite(.timeLimit(.minutes(1))) struct StoreContractTests {
    @Test(arguments: StoreKind.allCases)
    func `a new store is empty`(_ kind: StoreKind) async throws {
        let state = try await StoreUnderTest(kind).store.load()
        #expect(state.position == nil)
        #expect(state.rooms.isEmpty)
        #expect(state.openRows.isEmpty)
        #expect(state.lastRowID == 0)
        #expect(state.documents.isEmpty)
        #expect(!state.nonce.isEmpty)
    }

    @Test(arguments: StoreKind.allCases)
    func `all of a changeset is there after a restart`(_ kind: StoreKind) async throws {
        let subject = try StoreUnderTest(kind)
        let nonce = try await subject.store.load().nonce
        var changeset = changes {
            $0.snapshot = [1, 2, 3]
            $0.members = [MemberChange(user: "@a:b.example", record: 255)]
            $0.state = [event("$1", .name, "")]
        }
        changeset.position = "s1"
        changeset.rows = [row(7)]
        changeset.documents = ["settings": [9]]
        try await subject.store.commit(changeset)
        try await subject.reopen()

        var expected = StoredState()
        expected.position = "s1"
        expected.rooms = [
            StoredRoom(
                room: "!a:b.example",
                snapshot: [1, 2, 3],
                members: [MemberChange(user: "@a:b.example", record: 255)],
                state: [event("$1", .name, "")]
            )
        ]
        expected.openRows = [row(7)]
        expected.lastRowID = 7
        expected.documents = ["settings": [9]]
        expected.nonce = nonce
        #expect(try await subject.store.load() == expected)
    }

    @Test(arguments: StoreKind.allCases)
    func `a changeset without a position leaves it`(_ kind: StoreKind) async throws {
        let store = try StoreUnderTest(kind).store
        try await store.commit(Changeset(position: "s1"))
        try await store.commit(changeset(rows: [row(1)]))
        #expect(try await store.load().position == "s1")
        try await store.commit(Changeset(position: ""))
        #expect(try await store.load().position == "")
    }

    @Test(arguments: StoreKind.allCases)
    func `the last change of a member counts`(_ kind: StoreKind) async throws {
        let store = try StoreUnderTest(kind).store
        let first = MemberChange(user: "@a:b.example", record: 1)
        let second = MemberChange(user: "@a:b.example", record: 2)
        try await store.commit(changes { $0.members = [first, second] })
        #expect(try await store.load().rooms.map(\.members) == [[second]])
        try await store.commit(changes { $0.members = [first] })
        #expect(try await store.load().rooms.map(\.members) == [[first]])
    }

    @Test(arguments: StoreKind.allCases)
    func `a snapshot takes the place of earlier member changes and not of those beside it`(
        _ kind: StoreKind
    ) async throws {
        let store = try StoreUnderTest(kind).store
        let after = MemberChange(user: "@after:b.example", record: 2)
        try await store.commit(
            changes {
                $0.members = [MemberChange(user: "@before:b.example", record: 1)]
                $0.state = [event("$1", .name, "")]
            }
        )
        try await store.commit(
            changes {
                $0.snapshot = [5]
                $0.members = [after]
            }
        )
        let room = StoredRoom(room: "!a:b.example", snapshot: [5], members: [after], state: [event("$1", .name, "")])
        #expect(try await store.load().rooms == [room])
    }

    @Test(arguments: StoreKind.allCases)
    func `a room is forgotten before it is told anew`(_ kind: StoreKind) async throws {
        let store = try StoreUnderTest(kind).store
        let whole = changes {
            $0.snapshot = [1]
            $0.members = [MemberChange(user: "@a:b.example", record: 1)]
            $0.state = [event("$1", .name, ""), event("$2", .topicForTests, "")]
        }
        var other = changes("!other:b.example") { $0.snapshot = [] }
        other.rooms.merge(whole.rooms) { first, _ in first }
        try await store.commit(other)
        try await store.commit(
            changes {
                $0.forgets = true
                $0.state = [event("$3", .name, "")]
            }
        )
        let bystander = StoredRoom(room: "!other:b.example")
        #expect(
            try await store.load().rooms == [
                StoredRoom(room: "!a:b.example", state: [event("$3", .name, "")]), bystander,
            ]
        )
        try await store.commit(changes { $0.forgets = true })
        #expect(try await store.load().rooms == [bystander])
        try await store.commit(changes { $0.forgets = true })
        #expect(try await store.load().rooms == [bystander])
    }

    @Test(arguments: StoreKind.allCases)
    func `one type and key hold one event`(_ kind: StoreKind) async throws {
        let store = try StoreUnderTest(kind).store
        let first = changes { $0.state = [event("$1", .name, "", content: "{}"), event("$2", .name, "other")] }
        try await store.commit(first)
        try await store.commit(changes { $0.state = [event("$3", .name, "", content: #"{"name":"x"}"#)] })
        #expect(
            try await store.load().rooms.first?.state == [
                event("$3", .name, "", content: #"{"name":"x"}"#), event("$2", .name, "other"),
            ]
        )
    }

    @Test(arguments: StoreKind.allCases)
    func `an event that is no state is passed over, and an age is not kept`(_ kind: StoreKind) async throws {
        let store = try StoreUnderTest(kind).store
        let message = RoomEvent(id: "$1", type: .message, sender: "@a:b.example", content: [])
        let aged = RoomEvent(
            id: "$2",
            type: .name,
            sender: "@a:b.example",
            stateKey: "",
            content: [],
            age: 5,
            redacts: "$1"
        )
        try await store.commit(changes { $0.state = [message, aged] })
        let kept = RoomEvent(id: "$2", type: .name, sender: "@a:b.example", stateKey: "", content: [])
        #expect(try await store.load().rooms.first?.state == [kept])
    }

    @Test(arguments: StoreKind.allCases)
    func `names that only look alike are told apart`(_ kind: StoreKind) async throws {
        let subject = try StoreUnderTest(kind)
        let users: [UserID] = [
            "@K:b.example", "@e\u{301}:b.example", "@k:b.example", "@\u{e9}:b.example", "@\u{212A}:b.example",
        ]
        let keys = ["", "\0", "\0a", "K", "a\0b", "\u{212A}"]
        try await subject.store.commit(
            changes {
                $0.members = users.reversed().map { MemberChange(user: $0, record: 1) }
                $0.state = keys.reversed().map { event("$1", .name, $0) }
            }
        )
        try await subject.store.commit(changes("!\u{212A}") { $0.snapshot = [] })
        try await subject.store.commit(changes("!K") { $0.snapshot = [] })
        try await subject.reopen()
        let rooms = try await subject.store.load().rooms
        #expect(rooms.map(\.room) == ["!K", "!a:b.example", "!\u{212A}"])
        #expect(rooms.dropFirst().first?.members.map(\.user) == users)
        #expect(
            rooms.dropFirst().first?.state.compactMap { $0.stateKey.map { Array($0.utf8) } }
                == keys.map { Array($0.utf8) }
        )
    }

    @Test(arguments: StoreKind.allCases, everyAction)
    func `every action comes back as it was`(_ kind: StoreKind, _ action: Action) async throws {
        let subject = try StoreUnderTest(kind)
        try await subject.store.commit(changeset(rows: [row(1, action)]))
        try await subject.reopen()
        #expect(try await subject.store.load().openRows == [row(1, action)])
        #expect(subject.damage.all.isEmpty)
    }

    @Test(arguments: StoreKind.allCases, everyCause)
    func `every cause comes back as it was`(_ kind: StoreKind, _ cause: Cause) async throws {
        let subject = try StoreUnderTest(kind)
        try await subject.store.commit(changeset(rows: [row(1, because: cause)]))
        try await subject.reopen()
        #expect(try await subject.store.load().openRows == [row(1, because: cause)])
    }

    @Test(arguments: StoreKind.allCases, JournalRow.Status.allCases)
    func `a row with all its fields comes back, in the queue or in the journal`(
        _ kind: StoreKind,
        _ status: JournalRow.Status
    ) async throws {
        let subject = try StoreUnderTest(kind)
        var whole = JournalRow(
            id: 9_223_372_036_854_775_807,
            action: .leave("!a:b.example"),
            cause: .upkeep(""),
            lane: .answers,
            isDesire: true,
            run: "$run",
            askedAt: -1,
            status: status
        )
        whole.doneAt = 1_700_000_000_000
        whole.result = "I am not in it \0."
        whole.attempts = 3
        whole.resultEvent = "$result"
        whole.undoneBy = 4
        try await subject.store.commit(changeset(rows: [row(1, status: status), whole]))
        try await subject.reopen()
        let state = try await subject.store.load()
        #expect(state.openRows == (status.isOpen ? [row(1, status: status), whole] : []))
        #expect(state.lastRowID == whole.id)
        #expect(try await subject.store.journal(limit: 10) == (status.isOpen ? [] : [whole, row(1, status: status)]))
    }

    @Test(arguments: StoreKind.allCases, Lane.allCases)
    func `every lane comes back`(_ kind: StoreKind, _ lane: Lane) async throws {
        let store = try StoreUnderTest(kind).store
        var row = row(1)
        row.lane = lane
        try await store.commit(changeset(rows: [row]))
        #expect(try await store.load().openRows == [row])
    }

    @Test(arguments: StoreKind.allCases)
    func `a row's newest form is the one that counts`(_ kind: StoreKind) async throws {
        let store = try StoreUnderTest(kind).store
        var row = row(1, .join(RoomReference("!a:b.example")))
        try await store.commit(changeset(rows: [row]))
        row.status = .parked
        row.result = "no power"
        row.attempts = 2
        try await store.commit(changeset(rows: [row]))
        #expect(try await store.load().openRows == [row])

        var closed = row
        (closed.status, closed.result, closed.doneAt, closed.resultEvent) = (.done, nil, 5, "$ban")
        try await store.commit(changeset(rows: [row, closed]))
        #expect(try await store.load().openRows.isEmpty)
        #expect(try await store.journal(limit: 1) == [closed])
    }

    @Test(arguments: StoreKind.allCases)
    func `the queue comes in order and the journal newest first`(_ kind: StoreKind) async throws {
        let store = try StoreUnderTest(kind).store
        let rows = (1...6).reversed().map { row($0, status: $0.isMultiple(of: 2) ? .done : .pending) }
        try await store.commit(changeset(rows: rows))
        #expect(try await store.load().openRows.map(\.id) == [1, 3, 5])
        #expect(try await store.journal(limit: 2).map(\.id) == [6, 4])
        #expect(try await store.journal(limit: 0).isEmpty)
        #expect(try await store.journal(limit: -1).isEmpty)
    }

    @Test(arguments: StoreKind.allCases)
    func `pruning takes what is closed and old, and no ID is given out twice`(_ kind: StoreKind) async throws {
        let subject = try StoreUnderTest(kind)
        try await subject.store.commit(
            changeset(rows: [
                row(1, askedAt: 10, doneAt: 99, status: .done),
                row(2, askedAt: 10, status: .parked),
                row(3, askedAt: 10, doneAt: 100, status: .failed),
                row(4, askedAt: 20, status: .simulated),
                row(5, askedAt: 100, status: .dropped),
            ])
        )
        #expect(try await subject.store.prune(before: 100) == 2)
        #expect(try await subject.store.journal(limit: 10).map(\.id) == [5, 3])
        #expect(try await subject.store.prune(before: 1_000) == 2)
        try await subject.reopen()
        let state = try await subject.store.load()
        #expect(state.openRows.map(\.id) == [2])
        #expect(state.lastRowID == 5)
    }

    @Test(arguments: StoreKind.allCases)
    func `pruning reaches behind the first thousand rows`(_ kind: StoreKind) async throws {
        let store = try StoreUnderTest(kind).store
        let old = (1...2_500).map { row($0, askedAt: 1, status: $0.isMultiple(of: 100) ? .parked : .done) }
        let young = (2_501...5_000).map { row($0, askedAt: 100, status: .done) }
        try await store.commit(changeset(rows: old + young))
        #expect(try await store.prune(before: 100) == 2_475)
        #expect(try await store.journal(limit: 10_000).map(\.id) == (2_501...5_000).reversed())
        #expect(try await store.load().openRows.count == 25)
    }

    @Test(arguments: StoreKind.allCases)
    func `a document is put, replaced and removed`(_ kind: StoreKind) async throws {
        let store = try StoreUnderTest(kind).store
        var changeset = Changeset()
        changeset.documents = ["a": [1], "b": []]
        try await store.commit(changeset)
        #expect(try await store.load().documents == ["a": [1], "b": []])
        changeset.documents = ["a": [2, 3], "b": nil, "c": nil]
        try await store.commit(changeset)
        #expect(try await store.load().documents == ["a": [2, 3]])
    }
}

extension EventType {
    static let topicForTests = EventType(rawValue: "m.room.topic")
}
