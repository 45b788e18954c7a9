import HTTPClient
import JSON
import MatrixCore
import Testing

@Suite(.serialized, .inTurn, .timeLimit(.minutes(10)))
struct FaultyProxyTests {
    @Test func `counts requests by method and path`() async throws {
        try await withProxy { account, proxy in
            let room = try await account.createRoom()
            try await account.setState(.name, ["name": "one"], in: room)
            _ = try await account.fullState(of: room)
            #expect(proxy.count(.post, "createRoom") == 1)
            #expect(proxy.count(.get, "rooms/*/state") == 1)
            #expect(proxy.count(.put, "rooms/*/state/m.room.name") == 1)
            #expect(proxy.requests(.put, "rooms/*/state/*").map(\.content) == [["name": "one"]])
            #expect(proxy.count(.get, "rooms/*/state/m.room.name") == 0)
        }
    }

    @Test func `loses the answer to what the homeserver did`() async throws {
        try await withProxy { account, proxy in
            let room = try await account.createRoom()
            let enemy = try await account.homeserver.register("enemy").userID
            proxy.inject(.loseAnswer(), into: .post, "rooms/*/ban")
            let failure = await #expect(throws: HTTPError.self) { try await account.ban(enemy, from: room) }
            #expect(failure?.metricLabel == "connection_lost")
            #expect(try await account.membership(of: enemy, in: room) == .ban)
            #expect(proxy.requests(.post, "rooms/*/ban").map(\.status) == [200])
        }
    }

    @Test func `loses a request before the homeserver`() async throws {
        try await withProxy { account, proxy in
            let room = try await account.createRoom()
            let enemy = try await account.homeserver.register("enemy").userID
            proxy.inject(.loseRequest, into: .post, "rooms/*/ban")
            let failure = await #expect(throws: HTTPError.self) { try await account.ban(enemy, from: room) }
            #expect(failure?.metricLabel == "connection_lost")
            #expect(try await account.membership(of: enemy, in: room) == nil)
            try await account.ban(enemy, from: room)
        }
    }

    @Test func `refuses in the homeserver's place`() async throws {
        try await withProxy { account, proxy in
            let room = try await account.createRoom()
            let content: JSONValue = ["errcode": "M_LIMIT_EXCEEDED", "error": "slow", "retry_after_ms": 5]
            proxy.inject(.refuse(status: 429, content), into: .put, "rooms/*/send/m.room.message/*", times: 2)
            for _ in 0..<2 {
                let failure = await #expect(throws: MatrixFailure.self) { try await account.say("hello", in: room) }
                #expect(failure?.code == "M_LIMIT_EXCEEDED")
            }
            try await account.say("hello", in: room)
            #expect(proxy.requests(.put, "send/m.room.message/*").map(\.status) == [429, 429, 200])
        }
    }

    @Test func `goes down and comes up`() async throws {
        try await withProxy { account, proxy in
            let room = try await account.createRoom()
            proxy.goDown()
            let failure = await #expect(throws: HTTPError.self) { try await account.say("hello", in: room) }
            #expect(failure?.metricLabel == "connection_lost")
            proxy.comeUp()
            try await account.say("hello", in: room)
            #expect(proxy.count(nil, "rooms/*/send/*/*") == 1)
        }
    }

    @Test func `holds an answer until the gate opens`() async throws {
        try await withProxy { account, proxy in
            let room = try await account.createRoom()
            let gate = Gate()
            proxy.inject(.holdAnswer(until: gate), into: .put, "rooms/*/send/*/*")
            async let sent = account.say("hello", in: room)
            try await proxy.waitForRequests(1, .put, "rooms/*/send/*/*", answered: true)
            #expect(try await account.messages(in: room, limit: 1).first?.body == "hello")
            gate.open()
            _ = try await sent
        }
    }

    @Test func `passes long polls on, and ends them when the client goes away`() async throws {
        try await withProxy { account, proxy in
            let room = try await account.createRoom()
            let feed = try await account.follow()
            async let message = feed.message(in: room, from: account.userID)
            try await proxy.waitForRequests(2, .get, "sync")
            try await account.say("hello", in: room)
            #expect(try await message.body == "hello")

            await #expect(throws: DeadlinePassed.self) {
                try await feed.event("nothing", in: room, within: .milliseconds(300)) { _ in false }
            }
            // Without an answer of the homeserver: its side was closed before.
            #expect(proxy.requests(.get, "sync").last?.status == nil)
        }
    }

    private func withProxy(_ body: (TestClient, FaultyProxy) async throws -> Void) async throws {
        let synapse = try await Synapse.shared()
        let proxy = try FaultyProxy(to: synapse)
        defer { proxy.stop() }
        try await body(try await synapse.register("alice").through(proxy), proxy)
    }
}
