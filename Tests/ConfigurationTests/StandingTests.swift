import Configuration
import Glibc
import Setup
import Testing

/// Whose files are, and who may read them.
@Suite struct StandingTests {
    private struct Standing: Equatable {
        var user: uid_t
        var group: gid_t
        var mode: mode_t
    }

    private static func standing(_ path: String) -> Standing {
        var state = stat()
        _ = unsafe lstat(path, &state)
        return Standing(user: state.st_uid, group: state.st_gid, mode: state.st_mode & 0o7777)
    }

    private static var isRoot: Bool { geteuid() == 0 }

    /// Only root can give files away.
    @Test(
        .enabled(if: isRoot),
        arguments: [(0o640, true, 0o640), (0o644, true, 0o640), (0o600, true, 0o600), (0o644, false, 0o644)]
            as [(mode_t, Bool, mode_t)]
    )
    func `a file that is written anew stays whose it was`(_ mode: mode_t, isSecret: Bool, _ expected: mode_t) throws {
        let file = try ScratchFile("old", mode: mode)
        try #require(unsafe chown(file.path, 0, 990) == 0)
        try SystemFiles().write(Array("new".utf8), to: file.path, isSecret: isSecret)
        #expect(Self.standing(file.path) == Standing(user: 0, group: 990, mode: expected))
        #expect(try SystemFiles().read(file.path, atMost: 10)?.text == "new")
    }

    @Test(.enabled(if: isRoot)) func `another owner stays too, and a link gives nothing away`() throws {
        let file = try ScratchFile("old")
        try #require(unsafe chown(file.path, 991, 990) == 0)
        try SystemFiles().write([0x78], to: file.path, isSecret: true)
        #expect(Self.standing(file.path) == Standing(user: 991, group: 990, mode: 0o600))
        let link = file.path + "-link"
        defer { _ = unsafe unlink(link) }
        try #require(unsafe symlink(file.path, link) == 0)
        try SystemFiles().write([0x79], to: link, isSecret: true)
        #expect(Self.standing(link).user == 0)
        #expect(try SystemFiles().read(file.path, atMost: 10)?.bytes == [0x78])
    }

    @Test(
        arguments: [(0o644, true, 0o640), (0o664, false, 0o600), (0o640, false, 0o600), (0o400, false, 0o400)]
            as [(mode_t, Bool, mode_t)]
    )
    func `closing takes away, and gives nothing`(_ mode: mode_t, keepsGroup: Bool, _ expected: mode_t) throws {
        let file = try ScratchFile("x", mode: mode)
        try SystemFiles().close(file.path, keepsGroup: keepsGroup)
        #expect(Self.standing(file.path).mode == expected)
    }

    @Test(
        arguments: [(0o600, .nobody), (0o640, .group(getegid())), (0o644, .everybody(getegid()))]
            as [(mode_t, StoredFile.Readers)]
    )
    func `who else may read a file is told`(_ mode: mode_t, _ readers: StoredFile.Readers) throws {
        let file = try ScratchFile("x", mode: mode)
        #expect(try SystemFiles().read(file.path, atMost: 10)?.readers == readers)
    }

    private static func folder(of file: ScratchFile) -> String { String(file.path.dropLast("/file".utf8.count)) }

    @Test func `a folder for secrets is the account's own and closed to others`() throws {
        let file = try ScratchFile("x")
        let folder = Self.folder(of: file) + "/secrets"
        let files = SystemFiles()
        #expect(files.objection(toSecretsIn: folder) == nil, "it is made then")
        try files.makeFolder(folder, isPrivate: true)
        defer { _ = unsafe rmdir(folder) }
        #expect(files.objection(toSecretsIn: folder) == nil)
        for mode in [0o770, 0o702] as [mode_t] {
            _ = unsafe chmod(folder, mode)
            #expect(files.objection(toSecretsIn: folder) == "can be written by other accounts")
        }
        _ = unsafe chmod(folder, 0o750)
        #expect(files.objection(toSecretsIn: folder) == nil)
        #expect(files.objection(toSecretsIn: file.path) == "is not a folder")
        let link = folder + "-link"
        try #require(unsafe symlink(folder, link) == 0)
        defer { _ = unsafe unlink(link) }
        #expect(files.objection(toSecretsIn: link)?.hasPrefix("is a link") == true)
    }

    @Test(.enabled(if: isRoot)) func `a folder of another account gets no secret of root's`() throws {
        let file = try ScratchFile("x")
        let above = Self.folder(of: file)
        let folder = above + "/secrets"
        let files = SystemFiles()
        try files.makeFolder(folder, isPrivate: true)
        defer { _ = unsafe rmdir(folder) }
        try #require(unsafe chown(folder, 991, 991) == 0)
        #expect(files.objection(toSecretsIn: folder)?.hasPrefix("belongs to another account (user ID 991)") == true)
        try #require(unsafe chown(above, 991, 991) == 0)
        #expect(files.objection(toSecretsIn: folder) == nil, "all of it is the bot's")
    }

    @Test func `a folder is one setup's at a time, and free again behind it`() throws {
        let file = try ScratchFile("x")
        let folder = Self.folder(of: file)
        do {
            let first = SystemFiles()
            try first.lock(folder)
            try first.lock(folder)
            let failure = #expect(throws: FileFailure.self) { try SystemFiles().lock(folder) }
            #expect(failure?.problem == "another setup is at work in this folder")
            withExtendedLifetime(first) {}
        }
        try SystemFiles().lock(folder)
    }
}
