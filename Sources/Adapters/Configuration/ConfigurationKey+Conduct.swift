import Observability
import Moderation

extension ConfigurationKey {
    /// How the bot goes about what policy lists ask for.
    static let conduct: [ConfigurationKey] = [
        .init(
            "logLevel",
            .choice(["DEBUG": .debug, "INFO": .info, "WARN": .warning, "ERROR": .error]),
            \.logLevel,
            "The least weight that is logged."
        ),
        .init(
            ignored: "logMutedModules",
            .list(of: .text, "texts"),
            "no part of the program logs more than it should at INFO",
            "Parts of the original that do not log."
        ),
        .init(
            ignored: "verifyPermissionsOnStartup",
            .flag,
            "permissions are always checked, at the start and whenever they change",
            "Whether permissions are checked at the start."
        ),
        .init("disableServerACL", .flag, \.disablesServerACL, "Whether server ACLs are left alone."),
        .init("noop", .flag, \.isDryRun, "Dry run: tells what would be done and does nothing."),
        .init(
            "automaticallyRedactForReasons",
            .list(of: .text, "texts"),
            \.automaticallyRedactForReasons,
            "Patterns of ban reasons for which a user's messages are redacted too."
        ),
        .init(
            "backgroundDelayMS",
            ValueType.integer(0...3_600_000, of: "milliseconds")
                .map({ .milliseconds($0) }, back: { Int($0 / .milliseconds(1)) }),
            \.backgroundDelay,
            "The pause between kicks, in milliseconds."
        ),
        .init(
            "safeMode.bootOption",
            .choice(["RecoveryOnly": .recoveryOnly, "Never": .never, "AllErrors": .always, "Always": .always]),
            \.safeModeBoot,
            "Which failures of the start lead to safe mode."
        ),
        .init(
            "admin.enableMakeRoomAdminCommand",
            .flag,
            \.enablesMakeRoomAdminCommand,
            "Whether the command that takes over a room through the homeserver exists."
        ),
        .init(
            "roomStateBackingStore.enabled",
            .flag,
            \.usesRoomStateBackingStore,
            status: .unbuilt(
                "The state of rooms is kept on disk all the same, as the bot enforces from there after a restart.",
                when: { !$0.usesRoomStateBackingStore }
            ),
            "Whether the state of rooms is kept on disk."
        ),
        .init(
            "draupnirNewsURL",
            .webAddress,
            \.newsURL,
            status: .unbuilt("News from that address is not shown in the management room.", when: \.wantsOtherNews),
            "Where news for the management room comes from; empty for none."
        ),
    ]
}

extension BotSettings {
    /// The address in the original's template asks for nothing.
    fileprivate var wantsOtherNews: Bool {
        guard let newsURL, !newsURL.isEmpty else { return false }
        return !newsURL.hasSuffix("/apps/draupnir/src/protections/DraupnirNews/news.json")
    }
}
