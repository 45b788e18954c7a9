/// A systemd unit that lets the bot reach its storage and the network, and nothing else.
package struct SystemdUnit: Sendable, Equatable {
    /// The built program.
    package var program: String
    package var configuration: String
    package var accessTokenFile: String
    /// The account's password, which the bot logs in anew with where it is there.
    package var passwordFile: String
    package var dataPath: String
    /// The account that the bot runs as.
    package var user: String

    package init(
        program: String,
        configuration: String,
        accessTokenFile: String,
        passwordFile: String,
        dataPath: String,
        user: String
    ) {
        self.program = program
        self.configuration = configuration
        self.accessTokenFile = accessTokenFile
        self.passwordFile = passwordFile
        self.dataPath = dataPath
        self.user = user
    }

    /// What an administrator types once, before the unit is started.
    package var installation: [String] {
        [
            "    useradd --system --user-group --home-dir / --shell /usr/sbin/nologin \(user)",
            "    chown -R \(user): \(shellWord(dataPath))",
            "    systemctl daemon-reload",
            "    systemctl enable draupnir && systemctl restart draupnir",
        ]
    }

    /// The exit codes after `RestartPreventExitStatus` are those that another start cannot mend.
    package var text: String {
        """
        # Written by “draupnir setup files”. Install it with
        #     cp draupnir.service /etc/systemd/system/ && systemctl daemon-reload
        [Unit]
        Description=Draupnir, the Matrix moderation bot
        Wants=network-online.target
        After=network-online.target

        [Service]
        Type=notify
        User=\(user)
        # systemd reads these as root and shows them to the bot alone, so that the files can stay closed to it. Without a
        # password's file the bot gets an empty one.
        LoadCredential=access-token:\(escaped(accessTokenFile))
        LoadCredential=\(SetupFolder.passwordFile):\(escaped(passwordFile))
        SetCredential=\(SetupFolder.passwordFile):\\n
        ExecStart=\(quoted(program)) bot --draupnir-config \(quoted(configuration).replacing("$", with: "$$")) --access-token-path %d/access-token
        Restart=on-failure
        RestartSec=5
        RestartPreventExitStatus=64 77 78 79
        TimeoutStartSec=300
        TimeoutStopSec=30
        UMask=0077

        ReadWritePaths=\(quoted(dataPath))
        ProtectSystem=strict
        ProtectHome=\(isBelowHome ? "read-only" : "yes")
        PrivateTmp=yes
        PrivateDevices=yes
        ProtectProc=invisible
        ProtectClock=yes
        ProtectHostname=yes
        ProtectKernelTunables=yes
        ProtectKernelModules=yes
        ProtectKernelLogs=yes
        ProtectControlGroups=yes
        NoNewPrivileges=yes
        CapabilityBoundingSet=
        LockPersonality=yes
        MemoryDenyWriteExecute=yes
        RemoveIPC=yes
        RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6
        RestrictNamespaces=yes
        RestrictRealtime=yes
        RestrictSUIDSGID=yes
        SystemCallArchitectures=native
        SystemCallFilter=@system-service
        SystemCallFilter=~@privileged @resources

        [Install]
        WantedBy=multi-user.target

        """
    }

    /// With `ProtectHome=yes` nothing there could be read.
    private var isBelowHome: Bool {
        [program, configuration, dataPath].contains { path in
            ["/home/", "/root/", "/run/user/"].contains { path.hasPrefix($0) }
        }
    }

    /// Variables are put in behind a command's program alone, so `$` is doubled there and nowhere else.
    ///
    /// - Source: systemd.syntax(7), "Quoting"; systemd.unit(5), "Specifiers"; systemd.service(5), "Command lines".
    private func quoted(_ text: String) -> String {
        let plain = text.utf8.allSatisfy { byte in
            (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
                || "/._-+:@".utf8.contains(byte)
        }
        guard !plain else { return text }
        var quoted = "\""
        for scalar in escaped(text).unicodeScalars {
            switch scalar {
            case "\"", "\\": quoted += "\\\(scalar)"
            default: quoted.unicodeScalars.append(scalar)
            }
        }
        return quoted + "\""
    }

    private func escaped(_ text: String) -> String {
        var escaped = ""
        for scalar in text.unicodeScalars {
            if scalar == "%" { escaped += "%%" } else { escaped.unicodeScalars.append(scalar) }
        }
        return escaped
    }
}
