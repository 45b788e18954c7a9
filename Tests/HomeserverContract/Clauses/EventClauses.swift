import JSON
import MatrixCore
import Moderation
import Protections
import Testing

extension ContractCheck {
    func state() async throws {
        let (alice, bob) = (try await account("alice"), try await account("bob"))
        let room = try await room(by: alice, with: [bob])
        let type = EventType(rawValue: "m.policy.rule.user")
        #expect(try await alice.homeserver.stateContent(StateKey(type, "rule:x/y"), in: room) == nil)
        func write(_ key: String, _ content: JSONValue) -> Action {
            .sendState(type, key: key, content: content, in: room)
        }
        let first = try await alice.event(write("rule:x/y", ["entity": "@x:*"]))
        let other = try await alice.event(write("", ["entity": "@y:*"]))
        #expect(first != other)
        #expect(try await alice.event(write("rule:x/y", ["entity": "@x:*"])) == first)
        #expect(try await alice.event(write("rule:x/y", [:])) != first)
        #expect(try await bob.homeserver.stateContent(StateKey(type, "rule:x/y"), in: room) == [:])
        #expect(try await bob.homeserver.stateContent(StateKey(type), in: room) == ["entity": "@y:*"])

        let acl = ServerACLContent(deny: ["evil.example"])
        _ = try await alice.event(.setServerACL(acl, in: room))
        #expect(try await bob.homeserver.stateContent(StateKey(.serverACL), in: room) == acl.json)
        let suicidal = ServerACLContent(deny: [alice.user.server.rawValue])
        #expect(await alice.refusal(of: .setServerACL(suicidal, in: room)).summary == "400 M_UNKNOWN")

        let all = try value(try await bob.homeserver.state(of: room)).elements ?? []
        #expect(all.filter { $0.isState(type, "rule:x/y") }.map { $0["content"] } == [[:]])
        #expect(all.filter { $0.isState(.member, bob.user.rawValue) }.count == 1)
        #expect(all.allSatisfy { $0["event_id"]?.text != nil && $0["sender"]?.text != nil })
    }

    func sending() async throws {
        let alice = try await account("alice")
        let room = try await room(by: alice)
        let since = try await alice.sync(nil).next
        let first = try await alice.say("hello", in: room, "one")
        #expect(try await alice.say("hello", in: room, "one") == first)
        let second = try await alice.say("hello", in: room, "two")
        #expect(second != first)
        let events = try await alice.sync(since).timeline(room)
        #expect(events.map { $0["event_id"]?.text } == [first.rawValue, second.rawValue])
        #expect(events.first?["content"]?["body"] == "hello")
        #expect(events.first?["sender"] == .string(alice.user.rawValue))
        #expect(events.first?["unsigned"]?["age"] != nil)
        #expect(events.first?["origin_server_ts"] != nil)
        #expect(events.first?["state_key"] == nil)
    }

    func redaction() async throws {
        for version in ["10", "11"] {
            // Accounts of their own: Synapse answers the same sync from a cache for two minutes.
            let (alice, bob) = (try await account("alice"), try await account("bob"))
            let room = try await room(by: alice, with: [bob], RoomTemplate(preset: .publicChat, version: version))
            let spam = try await bob.say("buy", in: room)
            let fine = try await alice.say("fine", in: room)
            let since = try await alice.sync(nil).next
            let redact = Action.redact(spam, reason: "spam", in: room)
            let redaction = try await alice.event(redact, "once")
            #expect(try await alice.event(redact, "once") == redaction)
            let told = try await alice.sync(since).timeline(room)
            #expect(told.map { $0["event_id"]?.text } == [redaction.rawValue])
            #expect(told.first?["redacts"] == .string(spam.rawValue))
            #expect(told.first?["content"]?["redacts"] == .string(spam.rawValue))
            #expect(told.first?["content"]?["reason"] == "spam")

            let history = try await alice.messages(in: room, from: since, limit: 2)["chunk"]?.elements ?? []
            #expect(history.map { $0["content"]?["body"] } == ["fine", nil])
            #expect(history.last?["content"] == [:])
            #expect(history.last?["unsigned"]?["redacted_because"]?["event_id"] == .string(redaction.rawValue))

            #expect(await bob.refusal(of: .redact(fine, reason: "", in: room)).summary == "403 M_FORBIDDEN")
            let own = try await bob.say("oops", in: room)
            _ = try await bob.event(.redact(own, reason: "", in: room))
            let acl = try await alice.event(.setServerACL(ServerACLContent(), in: room))
            #expect(await alice.refusal(of: .redact(acl, reason: "", in: room)).summary == "403 M_FORBIDDEN")
        }
    }

    func paging() async throws {
        let alice = try await account("alice")
        let room = try await room(by: alice)
        var said: [String] = []
        for number in 1...7 { said.append(try await alice.say("\(number)", in: room).rawValue) }
        var from = try await alice.sync(nil).next
        var seen: [String] = []
        var pages = 0
        while pages < 20 {
            let page = try await alice.messages(in: room, from: from, limit: 3)
            let chunk = page["chunk"]?.elements ?? []
            #expect(chunk.count <= 3)
            seen += chunk.compactMap { $0["event_id"]?.text }
            pages += 1
            guard let end = page["end"]?.text else { break }
            from = end
        }
        #expect(Array(seen.prefix(7)) == said.reversed())
        #expect(Set(seen).count == seen.count)
        let create = try value(try await alice.homeserver.state(of: room)).elements?.first { $0.isState(.create) }
        #expect(seen.last == create?["event_id"]?.text)
    }
}
