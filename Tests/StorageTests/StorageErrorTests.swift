import Storage
import Testing

@Suite struct StorageErrorTests {
    @Test(
        arguments: [
            (
                .secondInstance(folder: "/data", holder: 12),
                "Another Draupnir (process 12) is running on /data. Stop it first, or give this one a dataPath of its own."
            ),
            (
                .secondInstance(folder: "/data", holder: nil),
                "Another Draupnir is running on /data. Stop it first, or give this one a dataPath of its own."
            ),
            (
                .notWritable(path: "/data", reason: "Permission denied"),
                "/data cannot be written: Permission denied. Make it writable for the user that Draupnir runs as, "
                    + "or set dataPath to a folder that is."
            ),
            (
                .damaged(path: "/data/draupnir.db", detail: "file is not a database"),
                "The database /data/draupnir.db is damaged (file is not a database). Check the disk, then restore the "
                    + "file from a backup. Without one, move it away together with /data/draupnir.db-wal: Draupnir then "
                    + "reads its rooms from the homeserver anew; what is lost is the record of its past actions."
            ),
            (
                .newerSchema(path: "/data/draupnir.db", found: 3, known: 1),
                "The database /data/draupnir.db was written by a newer Draupnir (schema 3, this one knows 1). "
                    + "Start the newer release again, or restore the backup that was made before it."
            ),
            (
                .diskFull(path: "/data/draupnir.db"),
                "No space is left for /data/draupnir.db. Free some on its disk; what was stored before is intact."
            ),
        ] as [(StorageError, String)]
    )
    func `an operator is told what is wrong, with what, and what helps`(_ error: StorageError, _ text: String) {
        #expect(error.description == text)
    }
}
