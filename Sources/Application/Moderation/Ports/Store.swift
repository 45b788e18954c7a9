package import MatrixCore

/// What survives the process: the port that the SQLite store fulfils.
///
/// One writer. A commit is whole or did not happen; what `load` gives afterwards is what was committed last.
package protocol Store: Sendable {
    /// Everything that was committed, the members of rooms as the bytes that `RoomState` wrote.
    func load() async throws -> StoredState

    /// Writes all of a changeset in one transaction.
    func commit(_ changeset: Changeset) async throws

    /// The newest rows of the journal that are closed, newest first.
    func journal(limit: Int) async throws -> [JournalRow]

    /// Deletes closed rows that ended before that time, in milliseconds since 1970; returns how many.
    func prune(before time: Int64) async throws -> Int
}

/// All that one decision changes, written whole or not at all.
package struct Changeset: Sendable, Equatable {
    /// The sync position that it brings the state to; nil leaves it.
    package var position: String?
    package var rooms: [RoomID: RoomChange] = [:]
    /// Rows that are new or changed, each in its whole new form, in the order in which they changed.
    package var rows: [JournalRow] = []
    /// Small documents by name; nil removes one.
    package var documents: [String: [UInt8]?] = [:]

    package init(position: String? = nil) { self.position = position }

    package var isEmpty: Bool { position == nil && rooms.isEmpty && rows.isEmpty && documents.isEmpty }
}

/// What changes of one room.
package struct RoomChange: Sendable, Equatable {
    /// First of all: what was known of the room goes.
    package var forgets = false
    /// All members anew, in `RoomState`'s own form; earlier member changes go with the old ones.
    package var snapshot: [UInt8]?
    /// Members that changed since the snapshot, the last of two for one user counts; the byte is `RoomState`'s.
    package var members: [MemberChange] = []
    /// State events that are kept whole; each takes the place of the one of its type and key.
    package var state: [RoomEvent] = []

    package init() {}
}

package struct MemberChange: Sendable, Equatable {
    package let user: UserID
    package let record: UInt8

    package init(user: UserID, record: UInt8) {
        self.user = user
        self.record = record
    }
}

package struct StoredState: Sendable, Equatable {
    package var position: String?
    package var rooms: [StoredRoom] = []
    /// Rows that are not closed, by ascending ID.
    package var openRows: [JournalRow] = []
    /// The highest row ID ever given out.
    package var lastRowID: Int64 = 0
    package var documents: [String: [UInt8]] = [:]
    /// Made once with the database, and part of every transaction ID.
    package var nonce: String = ""

    package init() {}
}

package struct StoredRoom: Sendable, Equatable {
    package var room: RoomID
    package var snapshot: [UInt8]
    package var members: [MemberChange]
    package var state: [RoomEvent]

    package init(room: RoomID, snapshot: [UInt8] = [], members: [MemberChange] = [], state: [RoomEvent] = []) {
        self.room = room
        self.snapshot = snapshot
        self.members = members
        self.state = state
    }
}
