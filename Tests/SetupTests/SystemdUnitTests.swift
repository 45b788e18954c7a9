import Setup
import Testing

@Suite struct SystemdUnitTests {
    private func unit(_ path: String) -> String {
        SystemdUnit(
            program: path + "/draupnir",
            configuration: path + "/c.yaml",
            accessTokenFile: path + "/token",
            passwordFile: path + "/password",
            dataPath: path + "/data",
            user: "bot"
        ).text
    }

    @Test(arguments: [
        ("/opt/bot", "ExecStart=/opt/bot/draupnir bot --draupnir-config /opt/bot/c.yaml "),
        ("/opt/my bot", "ExecStart=\"/opt/my bot/draupnir\" bot --draupnir-config \"/opt/my bot/c.yaml\" "),
        ("/opt/100%", "ExecStart=\"/opt/100%%/draupnir\" bot "),
        ("/opt/$HOME", "ExecStart=\"/opt/$HOME/draupnir\" bot --draupnir-config \"/opt/$$HOME/c.yaml\" "),
        ("/opt/a\"b", "ExecStart=\"/opt/a\\\"b/draupnir\" bot "),
    ])
    func `paths are written as systemd reads them`(_ path: String, line: String) {
        #expect(unit(path).contains("\n" + line))
    }

    @Test func `what root is told to type means one path`() {
        let unit = SystemdUnit(
            program: "/p",
            configuration: "/c",
            accessTokenFile: "/t",
            passwordFile: "/w",
            dataPath: "/srv/my bot's",
            user: "bot"
        )
        #expect(unit.installation.contains(#"    chown -R bot: '/srv/my bot'\''s'"#))
    }

    @Test(arguments: [
        ("/opt/bot", "ProtectHome=yes"), ("/home/me/bot", "ProtectHome=read-only"),
        ("/root/bot", "ProtectHome=read-only"),
    ])
    func `homes are hidden unless the bot lives in one`(_ path: String, line: String) {
        #expect(unit(path).contains("\n\(line)\n"))
    }
}
