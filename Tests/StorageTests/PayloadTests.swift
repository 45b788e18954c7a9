import JSON
import MatrixCore
import Moderation
import Protections
import SQLite
import Storage
import TestSupport
import Testing

/// What an earlier release stored is read by every later one: the cases and labels of `Action` are names on disk.
@Suite struct PayloadTests {
    @Test(
        arguments: [
            (
                #"{"setServerACL":{"_0":{"allow":["*"],"allowsIPLiterals":true,"deny":["evil.example"]},"in":"!a:b.example"}}"#,
                .setServerACL(ServerACLContent(deny: ["evil.example"], allowsIPLiterals: true), in: "!a:b.example")
            ),
            (
                #"{"sendState":{"_0":"m.room.name","content":"{\"name\":1e400}","in":"!a:b.example","key":"k"}}"#,
                .sendState(.name, key: "k", content: ["name": .decimal("1e400")], in: "!a:b.example")
            ),
            (
                #"{"sendEvent":{"_0":"m.room.message","content":"{\"body\":\"\"}","in":"!a:b.example"}}"#,
                .sendEvent(.message, content: ["body": ""], in: "!a:b.example")
            ),
            (
                #"{"join":{"_0":{"name":{"id":{"_0":"!a:b.example"}},"via":["b.example"]}}}"#,
                .join(RoomReference("!a:b.example", via: ["b.example"]))
            ),
            (
                ##"{"join":{"_0":{"name":{"alias":{"_0":"#coc:b.example"}},"via":[]}}}"##,
                .join(RoomReference(.alias("#coc:b.example")))
            ),
            (
                ##"""
                {"createRoom":{"_0":{"aliasLocalpart":"mod","creationContent":"{}","initialState":
                [{"content":"{}","key":"","type":"m.room.join_rules"}],"invite":["@mod:b.example"],"name":"M",
                "powerLevels":"{}","preset":"public_chat","version":"12"}}}
                """##,
                .createRoom(
                    RoomTemplate(
                        name: "M",
                        aliasLocalpart: "mod",
                        preset: .publicChat,
                        invite: ["@mod:b.example"],
                        initialState: [.init(type: .joinRules, content: [:])],
                        version: "12"
                    )
                )
            ),
            (
                ##"{"createRoom":{"_0":{"creationContent":"{}","initialState":[],"invite":[],"powerLevels":"{}","preset":"private_chat"}}}"##,
                .createRoom(RoomTemplate(preset: .privateChat))
            ),
            (
                #"{"setAccountData":{"_0":"org.matrix.mjolnir.watched_lists","content":"{\"references\":[]}"}}"#,
                .setAccountData(AccountDataType.watchedLists, content: ["references": []])
            ),
            (##"{"resolve":{"_0":"#coc:b.example"}}"##, .resolve("#coc:b.example")),
            (
                #"{"fillGap":{"_0":{"from":"t1_2","room":"!a:b.example"}}}"#,
                .fillGap(Gap(room: "!a:b.example", from: "t1_2", to: nil))
            ),
        ] as [(String, Action)]
    )
    func `an action that was stored as JSON is still read`(_ payload: String, _ action: Action) async throws {
        let scratch = try Scratch()
        let damage = DamageLog()
        let store = try SQLiteStore(dataPath: scratch.path, report: damage.note)
        try await store.commit(changeset(rows: [row(1, .resolve("#other:b.example"))]))
        await store.close()
        try Connection(path: scratch.database).statement("UPDATE journal SET verb = ?, payload = ?")
            .run(action.verb, payload)
        let loaded = try await SQLiteStore(dataPath: scratch.path, report: damage.note).load()
        #expect(loaded.openRows.map(\.action) == [action])
        #expect(damage.all.isEmpty)
    }
}
