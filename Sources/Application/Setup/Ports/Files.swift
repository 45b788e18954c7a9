package import Moderation

/// The files and folders of one machine.
package protocol Files: Sendable {
    /// Nil where there is none; of a longer file, nothing.
    func read(_ path: String, atMost limit: Int) throws(FileFailure) -> StoredFile?

    /// Writes all or nothing, so that a crash leaves the old file or the new one.
    func write(_ bytes: [UInt8], to path: String, isSecret: Bool) throws(FileFailure)

    /// Makes the folder and those above it.
    func makeFolder(_ path: String, isPrivate: Bool) throws(FileFailure)

    /// Takes the file from everybody but its owner, and its group where that is kept.
    func close(_ path: String, keepsGroup: Bool) throws(FileFailure)

    /// Why a secret must not be put into the folder, as it stands behind its path; nil where it may, or where it is missing.
    func objection(toSecretsIn folder: String) -> String?

    /// The group of the folder or file; nil where there is none.
    func group(of path: String) -> UInt32?

    /// Keeps others who ask for the same from the folder, until the process ends; asking again is no other. A folder that
    /// is not there is free.
    func lock(_ folder: String) throws(FileFailure)

    func remove(_ path: String) throws(FileFailure)

    /// Whether files can be made in the folder, or the folder itself where it is missing.
    func canWrite(in folder: String) -> Bool

    /// In bytes, on the disk of the folder or of the nearest one above it.
    func freeSpace(in folder: String) -> Int64?

    /// From `/` on.
    func absolute(_ path: String) -> String
}

extension Files {
    /// Nil where there is none.
    ///
    /// One that is damaged is a failure: without it a renewed token would be lost unnoticed.
    package func savedSession(in dataPath: String) throws(FileFailure) -> SavedSession? {
        let path = SavedSession.path(in: dataPath)
        guard let file = try read(path, atMost: 1 << 16) else { return nil }
        guard let session = file.text.flatMap({ SavedSession(fileText: $0) }) else {
            throw FileFailure(path, "is not a session: it is damaged, or of another program")
        }
        return session
    }

    package func save(_ session: SavedSession, in dataPath: String) throws(FileFailure) {
        try makeFolder(dataPath, isPrivate: true)
        try write(Array(session.fileText.utf8), to: SavedSession.path(in: dataPath), isSecret: true)
    }
}

package struct StoredFile: Sendable, Equatable {
    package let bytes: [UInt8]
    /// Who besides its owner may read it.
    package let readers: Readers

    package enum Readers: Sendable, Equatable {
        case nobody
        case group(UInt32)
        /// Everybody on the machine; with the group that would be left.
        case everybody(UInt32)
    }

    package init(bytes: [UInt8], readers: Readers = .nobody) {
        self.bytes = bytes
        self.readers = readers
    }

    /// Whether other accounts of the machine may read it.
    package var isShared: Bool { readers != .nobody }

    /// The first line, blanks around it taken off; nil where that is nothing or no text.
    package var firstLine: String? {
        let line = bytes.prefix { $0 != 0x0A && $0 != 0x0D }
        let isBlank: (UInt8) -> Bool = { $0 == 0x20 || $0 == 0x09 }
        let start = line.firstIndex { !isBlank($0) } ?? line.endIndex
        let end = line.lastIndex { !isBlank($0) }.map { $0 + 1 } ?? start
        guard start < end, let text = String(validating: line[start..<end], as: UTF8.self) else { return nil }
        return text.utf8.contains(0) ? nil : text
    }

    package var text: String? { String(validating: bytes, as: UTF8.self) }
}

package struct FileFailure: Error, Sendable, Equatable {
    /// Of a folder that is locked.
    package static let heldByAnother = "another setup is at work in this folder"

    package let path: String
    /// As it stands behind the path and a colon.
    package let problem: String

    package init(_ path: String, _ problem: String) {
        self.path = path
        self.problem = problem
    }
}
