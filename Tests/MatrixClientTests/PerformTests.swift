import JSON
import MatrixClient
import MatrixCore
import Moderation
import Protections
import TestSupport
import Testing

/// One action, the request that it must become, and what its answer means.
struct PerformCase: Sendable, CustomTestStringConvertible {
    var action: Action
    var method = "POST"
    var path: String
    var query: [String] = []
    var body: JSONValue = [:]
    var answer = "{}"
    var result = ActionResult.done

    var testDescription: String { "\(action.verb) \(path)" }

    static func all() throws -> [PerformCase] {
        let alice = try UserID(parsing: "@alice/x:b.org")
        let room = try RoomID(parsing: "!r/1:a.org")
        let event = try EventID(parsing: "$e/1")
        let new = try EventID(parsing: "$new")
        let server = try ServerName(parsing: "b.org:8448")
        let alias = try RoomAlias(parsing: "#list:b.org")
        let rooms = "/_matrix/client/v3/rooms/!r%2F1%3Aa.org"
        let newEvent = #"{"event_id":"$new"}"#
        return [
            PerformCase(
                action: .ban(alice, in: room, reason: "spam \"x\""),
                path: "\(rooms)/ban",
                body: ["user_id": "@alice/x:b.org", "reason": "spam \"x\""]
            ),
            PerformCase(
                action: .ban(alice, in: room, reason: ""),
                path: "\(rooms)/ban",
                body: ["user_id": "@alice/x:b.org"]
            ),
            PerformCase(
                action: .unban(alice, in: room),
                path: "\(rooms)/unban",
                body: ["user_id": "@alice/x:b.org"]
            ),
            PerformCase(
                action: .kick(alice, in: room, reason: "out"),
                path: "\(rooms)/kick",
                body: ["user_id": "@alice/x:b.org", "reason": "out"]
            ),
            PerformCase(
                action: .invite(alice, in: room),
                path: "\(rooms)/invite",
                body: ["user_id": "@alice/x:b.org"]
            ),
            PerformCase(
                action: .setServerACL(ServerACLContent(deny: ["evil.org"]), in: room),
                method: "PUT",
                path: "\(rooms)/state/m.room.server_acl",
                body: ["allow": ["*"], "deny": ["evil.org"], "allow_ip_literals": false],
                answer: newEvent,
                result: .event(new)
            ),
            PerformCase(
                action: .sendState(EventType(rawValue: "a/b"), key: "..", content: ["x": 1], in: room),
                method: "PUT",
                path: "\(rooms)/state/a%2Fb/..",
                body: ["x": 1],
                answer: newEvent,
                result: .event(new)
            ),
            PerformCase(
                action: .sendEvent(.message, content: ["body": "hi"], in: room),
                method: "PUT",
                path: "\(rooms)/send/m.room.message/txn%201",
                body: ["body": "hi"],
                answer: newEvent,
                result: .event(new)
            ),
            PerformCase(
                action: .redact(event, reason: "spam", in: room),
                method: "PUT",
                path: "\(rooms)/redact/%24e%2F1/txn%201",
                body: ["reason": "spam"],
                answer: newEvent,
                result: .event(new)
            ),
            PerformCase(
                action: .redact(event, reason: "", in: room),
                method: "PUT",
                path: "\(rooms)/redact/%24e%2F1/txn%201",
                answer: newEvent,
                result: .event(new)
            ),
            PerformCase(
                action: .join(RoomReference(room, via: [server, server])),
                path: "/_matrix/client/v3/join/!r%2F1%3Aa.org",
                query: Array(repeating: ["via=b.org:8448", "server_name=b.org:8448"], count: 2).flatMap(\.self),
                answer: #"{"room_id":"!joined"}"#,
                result: .room(try RoomID(parsing: "!joined"), via: [])
            ),
            PerformCase(
                action: .join(RoomReference(.alias(alias))),
                path: "/_matrix/client/v3/join/%23list%3Ab.org",
                answer: #"{"room_id":"!joined"}"#,
                result: .room(try RoomID(parsing: "!joined"), via: [])
            ),
            PerformCase(action: .leave(room), path: "\(rooms)/leave"),
            PerformCase(
                action: .createRoom(RoomTemplate(preset: .privateChat)),
                path: "/_matrix/client/v3/createRoom",
                body: ["preset": "private_chat"],
                answer: #"{"room_id":"!made"}"#,
                result: .room(try RoomID(parsing: "!made"), via: [])
            ),
            PerformCase(
                action: .createRoom(
                    RoomTemplate(
                        name: "Terms",
                        aliasLocalpart: "terms",
                        preset: .publicChat,
                        invite: [alice],
                        creationContent: ["type": "m.policy"],
                        powerLevels: ["ban": 50],
                        initialState: [.init(type: .shortcode, content: ["shortcode": "t"])],
                        version: "12"
                    )
                ),
                path: "/_matrix/client/v3/createRoom",
                body: [
                    "preset": "public_chat", "name": "Terms", "room_alias_name": "terms", "room_version": "12",
                    "invite": ["@alice/x:b.org"], "creation_content": ["type": "m.policy"],
                    "power_level_content_override": ["ban": 50],
                    "initial_state": [
                        [
                            "type": "org.matrix.mjolnir.shortcode", "state_key": "", "content": ["shortcode": "t"],
                        ]
                    ],
                ],
                answer: #"{"room_id":"!made"}"#,
                result: .room(try RoomID(parsing: "!made"), via: [])
            ),
            PerformCase(
                action: .setAccountData(AccountDataType.watchedLists, content: ["references": []]),
                method: "PUT",
                path: "/_matrix/client/v3/user/%40draupnir%3Aa.org/account_data/org.matrix.mjolnir.watched_lists",
                body: ["references": []]
            ),
        ]
    }
}

@Suite(.timeLimit(.minutes(1))) struct PerformTests {
    @Test(arguments: try PerformCase.all())
    func `becomes one request, whose answer is read`(_ example: PerformCase) async throws {
        let fixture = try Fixture(answer: Answer(example.answer))
        defer { fixture.server.stop() }
        #expect(try await fixture.client.perform(example.action, transaction: "txn 1") == example.result)
        let request = try #require(fixture.requests.first)
        #expect(fixture.requests.count == 1)
        #expect(request.method == example.method)
        #expect(request.path == example.path)
        #expect(request.query == example.query)
        #expect(request.json == example.body)
        #expect(request.headers.contains("Content-Type: application/json"))
    }

    @Test func `asks the directory for an alias, and passes over servers that have no name`() async throws {
        let fixture = try Fixture(answer: Answer(#"{"room_id":"!r:a.org","servers":["a.org",7,"b c","c.org"]}"#))
        defer { fixture.server.stop() }
        let alias = try RoomAlias(parsing: "#list:b.org")
        let servers = try [ServerName(parsing: "a.org"), ServerName(parsing: "c.org")]
        let result = try await fixture.client.perform(.resolve(alias), transaction: "t")
        #expect(result == .room(try room(), via: servers))
        let request = try #require(fixture.requests.first)
        #expect(request.method == "GET")
        #expect(request.path == "/_matrix/client/v3/directory/room/%23list%3Ab.org")
        #expect(request.body.isEmpty)
    }

    @Test func `refuses what is no single request, and sends nothing`() async throws {
        let fixture = try Fixture(answer: Answer("{}"))
        defer { fixture.server.stop() }
        let refusal = HomeserverError.refused(
            status: 0,
            code: "",
            message: "not one request: it has a method of its own"
        )
        let gap = Gap(room: try room(), from: "a", to: nil)
        for action in [Action.loadState(try room()), .fillGap(gap)] {
            #expect(await failure { try await fixture.client.perform(action, transaction: "t") } == refusal)
        }
        #expect(fixture.server.requests.isEmpty)
    }

    @Test(arguments: try PerformCase.all())
    func `a success without what was promised is a bad answer`(_ example: PerformCase) async throws {
        for answer in ["<html>ok</html>", "[]", "", #"{"room_id":7,"event_id":"e"}"#, #"{"room_id":"!r"#] {
            if example.result == .done, answer.hasSuffix("}") { continue }
            let fixture = try Fixture(answer: Answer(answer))
            defer { fixture.server.stop() }
            let error = await failure { try await fixture.client.perform(example.action, transaction: "t") }
            #expect(error?.metricLabel == "bad_answer")
        }
    }
}
