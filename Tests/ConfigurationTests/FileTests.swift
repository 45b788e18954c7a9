import Configuration
import Moderation
import Observability
import Testing

@Suite struct FileTests {
    @Test func `a file is read from disk`() throws {
        let file = try ScratchFile(essentials)
        let report = Configuration.load(path: file.path)
        #expect(report.problems == [] && report.warnings == [])
        #expect(report.settings?.accessToken?.reveal() == "syt_essential")
    }

    @Test func `a file with a secret that others may read is told`() throws {
        let file = try ScratchFile(essentials, mode: 0o644)
        #expect(
            Configuration.load(path: file.path).warningTexts == [
                "\(file.path): this file holds a secret, and other accounts may read it; run chmod 600 on it"
            ]
        )
    }

    @Test(arguments: [
        ("/nowhere/bot.yaml", "/nowhere/bot.yaml: there is no such file; give its path with --draupnir-config"),
        ("/tmp", "/tmp: expected a file, found a directory"),
        ("/dev/zero", "/dev/zero: expected at most 1048576 bytes, found more"),
        (
            "/dev/null",
            "/dev/null: accessToken: expected a secret, found none; paste the access token of the bot's account, or"
                + " give --access-token-path"
        ),
    ])
    func `what is no file of ours is named`(path: String, problem: String) {
        #expect(Configuration.load(path: path).problemTexts.contains(problem))
    }

    @Test(.timeLimit(.minutes(1))) func `a hundred megabytes are not read`() throws {
        let file = try ScratchFile([UInt8](repeating: UInt8(ascii: "\n"), count: 100 << 20))
        #expect(
            Configuration.load(path: file.path).problemTexts == [
                "\(file.path): expected at most 1048576 bytes, found more"
            ]
        )
    }

    @Test(
        arguments: [
            ([0x7F, 0x45, 0x4C, 0x46, 0, 1], "bot.yaml: expected UTF-8 text, found binary data"),
            (Array("a: 1\nb: ".utf8) + [0xFF, 0x0A], "bot.yaml:2:4: invalid leading UTF-8 octet"),
            (
                Array("a: 1\n\tb: 2\n".utf8),
                "bot.yaml:2:1: a: while scanning a plain scalar: found a tab character that violates indentation"
            ),
            (Array("a: 1\n---\nb: 2\n".utf8), "bot.yaml:2:1: a configuration holds one document only"),
            (Array("- a\n".utf8), "bot.yaml:1:1: expected a mapping of keys to values, found a list"),
            (Array("hello".utf8), "bot.yaml:1:1: expected a mapping of keys to values, found a text"),
        ] as [([UInt8], String)]
    )
    func `what is no configuration is named`(bytes: [UInt8], problem: String) {
        #expect(Configuration.read(bytes, file: "bot.yaml").problemTexts.contains(problem))
    }

    @Test func `a billion laughs are refused`() throws {
        var text = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n"
        for level in 1...9 {
            let parts = Array(repeating: "*a\(level - 1)", count: 9).joined(separator: ", ")
            text += "a\(level): &a\(level) [\(parts)]\n"
        }
        let report = report(text)
        #expect(report.problems.map(\.message) == ["more than 20000 values, aliases counted in full"])
        #expect(report.settings == nil)
    }
}
