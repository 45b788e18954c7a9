import SQLite

/// Rooms, journal and documents.
///
/// SQLite compares text by its bytes, as identifiers must be. A journal row that is no known kind of closed counts as open,
/// so that one with a status that this release does not know is met, and told, at the next load.
let firstSchema = Migration(
    name: "rooms, journal and documents",
    sql: """
        CREATE TABLE meta (
            key TEXT PRIMARY KEY,
            value ANY NOT NULL
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE room (
            id INTEGER PRIMARY KEY,
            room_id TEXT NOT NULL UNIQUE,
            members BLOB
        ) STRICT;

        CREATE TABLE member_delta (
            room INTEGER NOT NULL REFERENCES room (id) ON DELETE CASCADE,
            user_id TEXT NOT NULL,
            record INTEGER NOT NULL,
            PRIMARY KEY (room, user_id)
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE state_event (
            room INTEGER NOT NULL REFERENCES room (id) ON DELETE CASCADE,
            type TEXT NOT NULL,
            state_key TEXT NOT NULL,
            event_id TEXT NOT NULL,
            sender TEXT NOT NULL,
            timestamp INTEGER NOT NULL,
            content BLOB NOT NULL,
            PRIMARY KEY (room, type, state_key)
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE journal (
            id INTEGER PRIMARY KEY,
            verb TEXT NOT NULL,
            room_id TEXT,
            target TEXT,
            reason TEXT,
            payload TEXT,
            cause TEXT NOT NULL,
            cause_event TEXT,
            cause_list TEXT,
            cause_sender TEXT,
            cause_text TEXT,
            lane INTEGER NOT NULL,
            is_desire INTEGER NOT NULL,
            run TEXT,
            asked_at INTEGER NOT NULL,
            done_at INTEGER,
            status TEXT NOT NULL,
            result TEXT,
            attempts INTEGER NOT NULL,
            result_event TEXT,
            undone_by INTEGER
        ) STRICT;

        CREATE INDEX journal_open ON journal (id) WHERE status NOT IN ('done', 'failed', 'dropped', 'simulated');

        CREATE TABLE document (
            name TEXT PRIMARY KEY,
            content BLOB NOT NULL
        ) STRICT;
        """
)
