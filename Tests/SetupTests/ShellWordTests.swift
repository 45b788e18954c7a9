import JSON
import MatrixCore
import Moderation
import Setup
import Testing

/// What is printed to be typed is taken by a shell for what it is.
@Suite struct ShellWordTests {
    @Test(arguments: [
        ("/etc/draupnir/production.yaml", "/etc/draupnir/production.yaml"), ("", "''"), ("two words", "'two words'"),
        ("https://a.org:8448/_matrix", "https://a.org:8448/_matrix"), ("http://[::1]:8008", "'http://[::1]:8008'"),
        ("it's", #"'it'\''s'"#), ("$(id)", "'$(id)'"), ("a'\u{301};id", "'a'\\''\u{301};id'"),
        ("a\nb", #"'a'$'\n''b'"#), ("a\r\nb", #"'a'$'\r'''$'\n''b'"#),
    ])
    func `a text is one word of one line`(_ text: String, word: String) {
        #expect(shellWord(text).utf8.elementsEqual(word.utf8), "\(shellWord(text))")
    }

    @Test func `no name makes a line of its own`() {
        let failure = StepFailure("rooms", "joining !a\n    rm -rf ~", cure: ["invite @b\r\n    rm -rf ~", "    it"])
        #expect(
            failure.text == #"rooms: joining !a\n    rm -rf ~"# + "\n" + #"  → invite @b\r\n    rm -rf ~"#
                + "\n    it\n"
        )
    }

    /// Room IDs are opaque, and paths are whatever the operator has.
    @Test func `rooms and paths in doctor's cures are quoted`() throws {
        var facts = try DoctorChecksTests.sound()
        facts.settings.dataPath = "/srv/the bot"
        facts.isStorageWritable = false
        facts.sharedFiles = [SharedFile("/srv/the bot/token"), SharedFile("/srv/it's", keepsGroup: true)]
        facts.configurationPath = "/srv/the bot/c.yaml"
        facts.configuration.problems = ["c.yaml:1:1: x"]
        facts.passwordFile = "/srv/the bot/password"
        let id = try room("!a'b:a.org")
        facts.protected.append(id)
        facts.joined?.insert(id)
        let create = StateEvent(type: .create, key: "", sender: try user("@boss:a.org"), content: ["type": "m.space"])
        facts.rooms[id] = RoomPicture(id, [create])
        facts.devices = [AccountDevice(id: "DEVICE", name: "Element")]
        let cures = facts.results.flatMap(\.cure)
        for line in [
            "    install -d -m 700 '/srv/the bot'", "    chmod 600 '/srv/the bot/token'",
            #"    chmod o= '/srv/it'\''s'"#,
            "    draupnir config check '/srv/the bot/c.yaml'",
            #"    draupnir setup --directory '/srv/the bot' --protect-space '!a'\''b:a.org'"#,
            "    draupnir login --homeserver https://a.org --directory '/srv/the bot' --localpart bot --password-file"
                + " '/srv/the bot/password'",
        ] { #expect(cures.contains(line), "\(line) in \(cures)") }
    }
}
