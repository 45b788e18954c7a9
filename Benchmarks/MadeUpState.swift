import JSON
import MatrixCore

/// Answers of `/state` and `/sync` as Synapse gives them, with members made up.
struct MadeUpState {
    static let bot = "@draupnir:bench.example"
    static let moderator = "@moderator:bench.example"

    let room: String
    private(set) var bytes: [UInt8] = []
    private var isFirst = true

    init(room: String) { self.room = room }

    static func user(_ number: Int) -> String { "@user\(number):server\(number % 3_000).example" }

    /// A room with its bot, its moderator and these users in it.
    static func body(ofRoom room: String, members: some Sequence<Int>) -> [UInt8] {
        var state = MadeUpState(room: room)
        state.bytes.append(UInt8(ascii: "["))
        state.addBasics()
        for number in members { state.addMember(number) }
        state.bytes.append(UInt8(ascii: "]"))
        return state.bytes
    }

    /// A list's room with the rules of these entities.
    static func body(ofList room: String, entities: some Sequence<String>) -> [UInt8] {
        var state = MadeUpState(room: room)
        state.bytes.append(UInt8(ascii: "["))
        state.addBasics()
        for (number, entity) in entities.enumerated() { state.addRule(number, entity) }
        state.bytes.append(UInt8(ascii: "]"))
        return state.bytes
    }

    mutating func addBasics() {
        add("m.room.create", key: "", by: Self.moderator, #"{"room_version":"11"}"#)
        add(
            "m.room.power_levels",
            key: "",
            by: Self.moderator,
            #"{"ban":50,"events":{"m.room.server_acl":100},"users":{"\#(Self.bot)":100,"\#(Self.moderator)":100}}"#
        )
        add("m.room.join_rules", key: "", by: Self.moderator, #"{"join_rule":"public"}"#)
        add("m.room.name", key: "", by: Self.moderator, #"{"name":"Room \#(room)"}"#)
        addMembership("join", of: Self.bot, named: "Draupnir", 0)
        addMembership("join", of: Self.moderator, named: "Moderator", 1)
    }

    /// Nine of ten are in the room; the others have left it, and one in fifty was banned.
    mutating func addMember(_ number: Int) {
        let user = Self.user(number)
        let membership = number % 50 == 7 ? "ban" : number % 10 == 3 ? "leave" : "join"
        addMembership(membership, of: user, named: "Somebody No. \(number)", number)
    }

    mutating func addMembership(_ membership: String, of user: String, named name: String, _ number: Int) {
        let sender = membership == "ban" ? Self.moderator : user
        let avatar = #""avatar_url":"mxc://media.example/QwErTyUiOpAsDfGhJk\#(number)""#
        add(
            "m.room.member",
            key: user,
            by: sender,
            #"{"membership":"\#(membership)","displayname":"\#(name)",\#(avatar)}"#,
            extra: #","replaces_state":"$replaced-abcdefghijklmnopqrstuvwxyz-\#(number)""#
        )
    }

    mutating func addRule(_ number: Int, _ entity: String) {
        let content = #"{"entity":"\#(entity)","recommendation":"m.ban","reason":"spam"}"#
        add("m.policy.rule.user", key: "rule\(number)", by: Self.moderator, content)
    }

    mutating func add(_ type: String, key: String?, by sender: String, _ content: String, extra: String = "") {
        if !isFirst { bytes.append(UInt8(ascii: ",")) }
        isFirst = false
        let id = "$\(bytes.count)-abcdefghijklmnopqrstuvwxyz-\(room.dropFirst().prefix(12))"
        let state = key.map { #","state_key":"\#($0)""# } ?? ""
        // Synapse writes the age, and what `unsigned` holds, at the top once more.
        bytes +=
            """
            {"type":"\(type)","room_id":"\(room)","sender":"\(sender)","content":\(content)\(state),\
            "origin_server_ts":1764099999123,"unsigned":{"age":8462134\(extra)},"event_id":"\(id)",\
            "user_id":"\(sender)","age":8462134\(extra)}
            """.utf8
    }
}
