import JSON
import MatrixCore
import Moderation
import Protections
import TestSupport

/// One of every case, with the texts that are hard to keep.
let everyAction: [Action] = [
    .ban("@mallory:evil.example", in: "!a:b.example", reason: "spam"),
    .ban("@\u{212A}:evil.example", in: "!hash-only", reason: ""),
    .unban("@:evil.example", in: "!a:b.example"),
    .kick("@e\u{301}:evil.example", in: "!a:b.example", reason: "line\nbreak \0 \u{1F600}"),
    .invite("@mod:b.example", in: "!a:b.example"),
    .setServerACL(
        ServerACLContent(allow: ["*"], deny: ["*.evil.example", "\u{212A}.example"], allowsIPLiterals: true),
        in: "!a:b.example"
    ),
    .sendState(
        .powerLevels,
        key: "",
        content: [
            "users": ["@mod:b.example": 9_223_372_036_854_775_807], "z": [1, nil, true], "a": .decimal("1e400"),
        ],
        in: "!a:b.example"
    ),
    .sendState(EventType(rawValue: "m.policy.rule.user"), key: "rule:\0", content: [:], in: "!a:b.example"),
    .sendEvent(.message, content: ["body": "\u{0}\u{7f}\u{2028}\"\\", "msgtype": "m.notice"], in: "!a:b.example"),
    .redact("$event", reason: "spam", in: "!a:b.example"),
    .join(RoomReference("!a:b.example", via: ["b.example", "c.example:8448"])),
    .join(RoomReference("!a:b.example", via: [("@a:under_score.\u{e9}" as UserID).server])),  // no grammatical name
    .join(RoomReference(.alias("#coc:b.example"))),
    .leave("!a:b.example"),
    .createRoom(RoomTemplate(preset: .privateChat)),
    .createRoom(
        RoomTemplate(
            name: "Draupnir's",
            aliasLocalpart: "moderation",
            preset: .publicChat,
            invite: ["@mod:b.example"],
            creationContent: ["type": "support.feline.policy.lists.msc3784"],
            powerLevels: ["users_default": 0],
            initialState: [.init(type: .joinRules, content: ["join_rule": "invite"])],
            version: "12"
        )
    ),
    .setAccountData(AccountDataType.watchedLists, content: ["references": []]),
    .resolve("#coc:b.example"),
    .loadState("!a:b.example"),
    .fillGap(Gap(room: "!a:b.example", from: "t1_2", to: nil)),
    .fillGap(Gap(room: "!a:b.example", from: "t1_2", to: "s3_4")),
]

let everyCause: [Cause] = [
    .policy(event: "$rule", list: "!list:b.example", sender: "@mod:b.example"),
    .command(event: "$command", sender: "@mod:b.example"),
    .protection(name: "BasicFlooding", event: "$flood"),
    .protection(name: "BasicFlooding", event: nil),
    .upkeep("rooms came \0 back"),
]

func row(
    _ id: Int64,
    _ action: Action = .ban("@mallory:evil.example", in: "!a:b.example", reason: "spam"),
    because cause: Cause = .upkeep("test"),
    askedAt: Int64 = 1_000,
    doneAt: Int64? = nil,
    status: JournalRow.Status = .pending
) -> JournalRow {
    var row = JournalRow(
        id: id,
        action: action,
        cause: cause,
        lane: .bans,
        isDesire: false,
        askedAt: askedAt,
        status: status
    )
    row.doneAt = doneAt
    return row
}

func event(_ id: EventID, _ type: EventType, _ key: String, content: String = "{}") -> RoomEvent {
    RoomEvent(
        id: id,
        type: type,
        sender: "@mod:b.example",
        stateKey: key,
        timestamp: -5,
        content: Array(content.utf8)
    )
}

/// A changeset of one room.
func changes(_ room: RoomID = "!a:b.example", _ edit: (inout RoomChange) -> Void) -> Changeset {
    var changeset = Changeset()
    var change = RoomChange()
    edit(&change)
    changeset.rooms[room] = change
    return changeset
}

func changeset(rows: [JournalRow], position: String? = nil) -> Changeset {
    var changeset = Changeset(position: position)
    changeset.rows = rows
    return changeset
}
