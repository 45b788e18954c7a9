import JSON
import MatrixCore
import Setup
import Testing

@Suite struct RoomJudgementTests {
    private static let bot = "@bot:a.org"
    private static let good = users((bot, 100))

    @Test(
        arguments: [
            ([("m.room.encryption", ["algorithm": "m.megolm.v1.aes-sha2"])], good, "it is encrypted"),
            ([("m.room.tombstone", ["replacement_room": "!new:a.org"])], good, "it was replaced by !new:a.org"),
            (
                [], users((bot, 49)),
                "the bot can speak there but not save its settings: it has power level 49 and needs 50"
            ),
        ] as [([(String, JSONValue)], JSONValue, String)]
    )
    func `a management room in which the bot could not work is refused`(
        _ state: [(String, JSONValue)],
        levels: JSONValue,
        says text: String
    ) throws {
        let verdict = ManagementRoomVerdict(
            try picture(levels: levels, members: [(Self.bot, "join")], state),
            bot: try user(Self.bot),
            managers: []
        )
        #expect(verdict.fatal?.cause.hasPrefix(text) == true, "\(verdict)")
        #expect(verdict.fatal?.cure.isEmpty == false)
    }

    @Test(
        arguments: [
            (
                "m.room.join_rules", ["join_rule": "public"],
                "anybody can join it, and whoever is in it commands the bot"
            ),
            ("m.room.history_visibility", ["history_visibility": "world_readable"], "anybody can read it"),
        ] as [(String, JSONValue, String)]
    )
    func `a management room that strangers reach is refused for safety`(
        _ type: String,
        content: JSONValue,
        says text: String
    ) throws {
        let room = try picture(levels: Self.good, members: [(Self.bot, "join")], [(type, content)])
        let verdict = ManagementRoomVerdict(room, bot: try user(Self.bot), managers: [])
        #expect(verdict.fatal == nil)
        #expect(verdict.unsafe?.cause == text)
    }

    @Test func `members who are no managers are named`() throws {
        let room = try picture(
            levels: Self.good,
            members: [(Self.bot, "join"), ("@boss:a.org", "join"), ("@guest:b.org", "join"), ("@gone:b.org", "leave")],
            [("m.room.join_rules", ["join_rule": "invite"])]
        )
        let verdict = ManagementRoomVerdict(room, bot: try user(Self.bot), managers: [try user("@boss:a.org")])
        #expect(verdict.fatal == nil && verdict.unsafe == nil)
        #expect(verdict.notes.map(\.cause) == ["besides the managers these can command the bot: @guest:b.org"])
    }

    @Test func `a creator of a room of version 12 lacks nothing`() throws {
        let room = try picture(version: "12", creator: Self.bot, levels: ["ban": 100], members: [(Self.bot, "join")])
        #expect(PowerLack(room, bot: try user(Self.bot)) == nil)
        #expect(ManagementRoomVerdict(room, bot: try user(Self.bot), managers: []).fatal == nil)
    }

    @Test(
        arguments: [
            (users((bot, 100)), nil), (users((bot, 50)), nil),
            (users((bot, 49)), "cannot ban (50), kick (50), redact others' messages (50), set server ACLs (50)"),
            (["users": ["@bot:a.org": 50], "events": ["m.room.server_acl": 100]], "cannot set server ACLs (100)"),
            (["users": ["@bot:a.org": 50], "ban": 75, "kick": "60"], "cannot ban (75), kick (60)"),
        ] as [(JSONValue, String?)]
    )
    func `power that is missing is told with the level that mends it`(_ levels: JSONValue, says text: String?) throws {
        let lack = PowerLack(try picture(levels: levels), bot: try user(Self.bot))
        #expect(lack?.cause.contains(text ?? "-") == (text == nil ? nil : true))
    }
}
