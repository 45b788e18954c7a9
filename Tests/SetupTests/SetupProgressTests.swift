import TestSupport
import JSON
import MatrixCore
import Setup
import Testing

@Suite struct SetupProgressTests {
    @Test func `is read back as it was written`() throws {
        var progress = SetupProgress(mark: "abc")
        progress.baseURL = "https://a.org"
        progress.user = try user("@bot:a.org")
        progress.device = "DEVICE"
        progress.pending = ["account", "list"]
        progress.managementRoom = try room("!m:a.org")
        progress.madeManagementRoom = true
        progress.list = try room("!l")
        progress.listShortcode = "coc"
        progress.scratchRoom = try room("!s:a.org")
        progress.isTested = true
        progress.managers = ["@you:example.org", "@mod:example.org"]
        progress.done = ["server", "account"]
        #expect(SetupProgress(try JSONValue(parsing: progress.json.encoded().span)) == progress)
        #expect(SetupProgress(SetupProgress(mark: "x").json) == SetupProgress(mark: "x"))
    }

    @Test(arguments: [[:], ["mark": 1], [], "text", nil] as [JSONValue])
    func `is nothing else than what setup wrote`(_ json: JSONValue) { #expect(SetupProgress(json) == nil) }

    @Test func `what is broken in it is left out`() {
        let progress = SetupProgress([
            "mark": "x", "user": "nobody", "list": 7, "pending": ["list", 3], "tested": "yes",
        ])
        var expected = SetupProgress(mark: "x")
        expected.pending = ["list"]
        #expect(progress == expected)
    }
}
