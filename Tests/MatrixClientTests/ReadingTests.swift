import JSON
import MatrixClient
import MatrixCore
import Moderation
import TestSupport
import Testing

private func text(_ body: any PaddedBytes) -> String {
    body.withPaddedBytes { bytes in
        unsafe bytes.withUnsafeBytes { unsafe String(decoding: $0.prefix(body.count), as: UTF8.self) }
    }
}

/// Everything that only asks.
@Suite(.timeLimit(.minutes(1))) struct ReadingTests {
    @Test func `says who it is, and asks once for the user that other paths need`() async throws {
        let fixture = try Fixture(answer: Answer(#"{"displayname":"Draupnir","a":1}"#))
        defer { fixture.server.stop() }
        #expect(try await fixture.client.displayName() == "Draupnir")
        #expect(try await fixture.client.accountData(AccountDataType.watchedLists)?["a"] == 1)
        #expect(
            fixture.server.requests.map(\.path) == [
                "/_matrix/client/v3/account/whoami",
                "/_matrix/client/v3/profile/%40draupnir%3Aa.org/displayname",
                "/_matrix/client/v3/user/%40draupnir%3Aa.org/account_data/org.matrix.mjolnir.watched_lists",
            ]
        )
        #expect(try await fixture.client.identity() == Identity(user: try user(bot), device: "DEVICE"))
    }

    @Test(arguments: ["{}", #"{"displayname":null}"#])
    func `an account may have no display name`(_ answer: String) async throws {
        let fixture = try Fixture(answer: Answer(answer))
        defer { fixture.server.stop() }
        #expect(try await fixture.client.displayName() == nil)
    }

    @Test func `what the homeserver does not have is nil`() async throws {
        let fixture = try Fixture(answer: Answer(#"{"errcode":"M_NOT_FOUND","error":"No"}"#, status: 404))
        defer { fixture.server.stop() }
        #expect(try await fixture.client.displayName() == nil)
        #expect(try await fixture.client.accountData(AccountDataType.watchedLists) == nil)
        #expect(try await fixture.client.stateContent(StateKey(.serverACL), in: room()) == nil)
    }

    @Test(arguments: [
        (Answer(#"{"errcode":"M_UNRECOGNIZED","error":"No"}"#, status: 404), "refused"),
        (Answer("<html>404</html>", status: 404), "bad_answer"),
        (Answer("{}", status: 404), "bad_answer"),
        (Answer("[]"), "bad_answer"),
        (Answer(""), "bad_answer"),
    ])
    func `another 404 is not nil`(_ answer: Answer, label: String) async throws {
        let fixture = try Fixture(answer: answer)
        defer { fixture.server.stop() }
        let client = fixture.client
        #expect(await failure { try await client.accountData(AccountDataType.watchedLists) }?.metricLabel == label)
        let room = try room()
        #expect(await failure { try await client.stateContent(StateKey(.name), in: room) }?.metricLabel == label)
    }

    @Test(arguments: [
        ("m.room.name", "", "/state/m.room.name"), ("m.room.member", "@a:b", "/state/m.room.member/%40a%3Ab"),
    ])
    func `reads one state event`(_ type: String, _ key: String, path: String) async throws {
        let fixture = try Fixture(answer: Answer(#"{"n":1}"#))
        defer { fixture.server.stop() }
        let content = try await fixture.client.stateContent(StateKey(EventType(rawValue: type), key), in: room())
        #expect(content == ["n": 1])
        #expect(fixture.requests.map(\.path) == ["/_matrix/client/v3/rooms/!r%3Aa.org" + path])
    }

    @Test func `lists joined rooms and passes over what is none`() async throws {
        let fixture = try Fixture(answer: Answer(##"{"joined_rooms":["!a:b",3,null,"#x:y","!v12hash"]}"##))
        defer { fixture.server.stop() }
        #expect(try await fixture.client.joinedRooms() == [room("!a:b"), room("!v12hash")])
        #expect(fixture.requests.map(\.path) == ["/_matrix/client/v3/joined_rooms"])
    }

    @Test func `reads the server's default room version`() async throws {
        let answer = #"{"capabilities":{"m.room_versions":{"default":"11","available":{"11":"stable"}}}}"#
        let fixture = try Fixture(answer: Answer(answer))
        defer { fixture.server.stop() }
        #expect(try await fixture.client.defaultRoomVersion() == "11")
        #expect(fixture.requests.map(\.path) == ["/_matrix/client/v3/capabilities"])
    }

    @Test func `gives a room's state as it came`() async throws {
        let fixture = try Fixture(answer: Answer(" [{\"type\":\"x\"}]\n"))
        defer { fixture.server.stop() }
        #expect(text(try await fixture.client.state(of: room())) == " [{\"type\":\"x\"}]\n")
        #expect(fixture.requests.map(\.path) == ["/_matrix/client/v3/rooms/!r%3Aa.org/state"])
    }

    @Test(arguments: [(nil, []), ("s1 +", ["to=s1 +"])] as [(String?, [String])])
    func `reads messages backwards`(_ end: String?, extra: [String]) async throws {
        let fixture = try Fixture(answer: Answer(#"{"chunk":[]}"#))
        defer { fixture.server.stop() }
        let body = try await fixture.client.messages(in: room(), from: "t1&x", to: end, limit: 50)
        #expect(text(body) == #"{"chunk":[]}"#)
        let request = try #require(fixture.requests.first)
        #expect(request.path == "/_matrix/client/v3/rooms/!r%3Aa.org/messages")
        #expect(request.query == ["dir=b", "from=t1&x", "limit=50"] + extra)
    }

    @Test(arguments: ["<html></html>", "", " ", "{", "null"])
    func `a body that cannot be what was asked for is a bad answer`(_ answer: String) async throws {
        let fixture = try Fixture(answer: Answer(answer))
        defer { fixture.server.stop() }
        let (client, room) = (fixture.client, try room())
        let sync = SyncRequest(since: nil, timeout: .zero)
        #expect(await failure { try await client.sync(sync) }?.metricLabel == "bad_answer")
        #expect(await failure { try await client.state(of: room) }?.metricLabel == "bad_answer")
        let messages = await failure { try await client.messages(in: room, from: "", to: nil, limit: 1) }
        #expect(messages?.metricLabel == "bad_answer")
        #expect(await failure { try await client.joinedRooms() }?.metricLabel == "bad_answer")
        #expect(await failure { try await client.defaultRoomVersion() }?.metricLabel == "bad_answer")
    }
}

@Suite(.timeLimit(.minutes(1))) struct SyncTests {
    private func sent(_ sync: SyncRequest) async throws -> SentRequest {
        let fixture = try Fixture(answer: Answer(#"{"next_batch":"s2"}"#))
        defer { fixture.server.stop() }
        #expect(text(try await fixture.client.sync(sync)) == #"{"next_batch":"s2"}"#)
        return try #require(fixture.requests.first)
    }

    private func filter(_ request: SentRequest) throws -> JSONValue {
        let filter = try #require(request.query.first { $0.hasPrefix("filter=") })
        return try JSONValue(parsing: String(filter.dropFirst(7)).utf8Span.span)
    }

    @Test func `the first sync asks for everything, members as they speak`() async throws {
        let request = try await sent(SyncRequest(since: nil, timeout: .zero, lazyLoadsMembers: true))
        #expect(request.method == "GET")
        #expect(request.path == "/_matrix/client/v3/sync")
        #expect(
            request.query.dropFirst() == [
                "timeout=0", "use_state_after=true", "org.matrix.msc4222.use_state_after=true",
            ]
        )
        #expect(
            try filter(request) == [
                "presence": ["not_types": ["*"]],
                "room": [
                    "timeline": ["limit": 100], "state": ["lazy_load_members": true],
                    "ephemeral": ["not_types": ["*"]], "account_data": ["not_types": ["*"]],
                ],
            ]
        )
    }

    @Test func `a later sync waits, and sees all members`() async throws {
        var sync = SyncRequest(since: "s72594_4483&x", timeout: .milliseconds(30_500), usesStateAfter: false)
        sync.timelineLimit = 20
        let request = try await sent(sync)
        #expect(request.query.dropFirst() == ["timeout=30500", "since=s72594_4483&x"])
        let room = try filter(request)["room"]
        #expect(room?["state"] == ["lazy_load_members": false])
        #expect(room?["timeline"] == ["limit": 20])
    }
}
