import CSQLite

/// SQLite's own handle, closed when the connection and the last of its statements have gone.
@safe final class OpenDatabase {
    let handle: OpaquePointer

    init(_ handle: OpaquePointer) { unsafe self.handle = handle }

    deinit { unsafe sqlite3_close_v2(handle) }
}
