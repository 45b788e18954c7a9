import Testing

/// What `draupnir setup files` writes is taken by the programs that it is for.
@Suite(.serialized, .inTurn, .timeLimit(.minutes(10)))
struct SetupFilesTests {
    @Test func `systemd and nginx take the files`() async throws {
        let command = try SetupCommand(await Synapse.shared())
        let configuration = """
            homeserverUrl: "\(command.url)"
            dataPath: "\(command.directory)/storage"
            managementRoom: "!room:synapse.test"
            health: {healthz: {enabled: true, port: 8091}}
            web: {enabled: true, port: 8092, abuseReporting: {enabled: true}}

            """
        _ = try await ChildProcess("mkdir", ["-p", command.directory + "/secrets"], log: "/dev/null").end(
            within: .seconds(180)
        )
        try writeFile(configuration, to: command.directory + "/production.yaml")
        try writeFile("syt_token\n", to: command.directory + "/secrets/access-token", isSecret: true)
        let made = try await command.run(["setup", "files", "--directory", command.directory])
        #expect(made.status == 0, "\(made.errors)")
        #expect(made.output.contains("    systemctl enable draupnir && systemctl restart draupnir\n"))

        let unit = command.directory + "/draupnir.service"
        let text = command.read(unit)
        for line in [
            "Type=notify", "LoadCredential=access-token:\(command.directory)/secrets/access-token", "User=draupnir",
            "LoadCredential=account-password:\(command.directory)/secrets/account-password",
            "SetCredential=account-password:\\n\n",
            "--access-token-path %d/access-token", "ProtectSystem=strict", "NoNewPrivileges=yes",
        ] { #expect(text.contains(line), "\(line)") }
        try await expectSuccess("systemd-analyze", ["verify", unit], command)

        let site = """
            daemon off; pid \(command.folder)/nginx.pid; error_log stderr;
            events {}
            http { access_log off; server { listen 127.0.0.1:8093; include \(command.directory)/nginx.conf; } }

            """
        try writeFile(site, to: command.folder + "/site.conf")
        try await expectSuccess("/usr/sbin/nginx", ["-t", "-c", command.folder + "/site.conf"], command)
        let nginx = command.read(command.directory + "/nginx.conf")
        #expect(nginx.contains("proxy_pass http://127.0.0.1:8092/api/1/report/$2/$3;"))
        #expect(nginx.contains("proxy_pass http://127.0.0.1:8091/healthz;"))
        #expect(command.read(command.directory + "/Caddyfile").contains("reverse_proxy 127.0.0.1:8092"))
    }

    @Test func `without a configuration there is nothing to write for`() async throws {
        let command = try SetupCommand(await Synapse.shared())
        let outcome = try await command.run(["setup", "files", "--directory", command.directory])
        #expect(outcome.status == 1)
        #expect(outcome.errors.contains("draupnir setup"))
    }

    private func expectSuccess(_ program: String, _ arguments: [String], _ command: SetupCommand) async throws {
        let log = command.folder + "/check.log"
        let process = try await ChildProcess(program, arguments, log: log)
        #expect(try await process.end(within: .seconds(180)) == .exited(code: 0), "\(tail(of: log))")
    }
}
