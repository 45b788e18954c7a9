/// A key of Mjolnir, or of an earlier Draupnir, that neither this program nor today's Draupnir acts on.
struct FormerKey {
    let program: String
    let advice: String

    private init(_ program: String, _ advice: String) {
        self.program = program
        self.advice = advice
    }

    static let all: [String: FormerKey] = [
        "protectedRooms": mjolnir("rooms are protected by command: send `!draupnir rooms add` for each of these"),
        "verboseLogging": old("logLevel decides what is logged"),
        "syncOnStartup": old("rooms are always brought in line at the start"),
        "fasterMembershipChecks": old("memberships are always followed as they change"),
        "commands.confirmWildcardBan": old("a rule that hits many people is always held until it is confirmed"),
        "forwardMentionsToManagementRoom": mjolnir("mentions of the bot are not forwarded"),
        "nsfwSensitivity": mjolnir("there is no recognition of images"),
        "health.openMetrics": mjolnir("health.healthz serves metrics at /metrics"),
        "web.ruleServer": mjolnir("there is no rule server"),
        "encryption": mjolnir("this version cannot read encrypted rooms: use a management room without encryption"),
    ]

    private static func mjolnir(_ advice: String) -> FormerKey { FormerKey("Mjolnir", advice) }
    private static func old(_ advice: String) -> FormerKey { FormerKey("Mjolnir and early Draupnir", advice) }
}
