import JSON
import MatrixCore
import Moderation
import Protections
import Testing

extension ContractCheck {
    func firstSync() async throws {
        let (alice, bob) = (try await account("alice"), try await account("bob"))
        let room = try await room(by: alice, with: [bob])
        let hello = try await bob.say("hello", in: room)
        let first = try await alice.sync(nil)
        #expect(first.timeline(room).last?["event_id"] == .string(hello.rawValue))
        #expect(first.known(room).contains { $0.isState(.create) })
        #expect(first.known(room).contains { $0.isState(.member, bob.user.rawValue) })
        let nothing = try await alice.sync(first.next)
        #expect(nothing.value["rooms"] == nil)

        let since = try nothing.next
        let news = try await bob.say("news", in: room)
        let second = try await alice.sync(since)
        #expect(second.timeline(room).map { $0["event_id"]?.text } == [news.rawValue])
        #expect(second.joined(room)?["timeline"]?["limited"] == false)
        // The same position gives the same news again.
        #expect(try await alice.sync(since).timeline(room).map { $0["event_id"]?.text } == [news.rawValue])
        #expect(try await alice.sync(second.next).value["rooms"] == nil)
    }

    func stateAfter() async throws {
        let alice = try await account("alice")
        let room = try await room(by: alice)
        let since = try await alice.sync(nil).next
        let name = try await alice.event(.sendState(.name, key: "", content: ["name": "new"], in: room))
        try await alice.say("hello", in: room)
        let sync = try await alice.sync(since)
        #expect(sync.timeline(room).first?["event_id"] == .string(name.rawValue))
        let before = sync.joined(room)?["state"]?["events"]
        #expect(before == nil || before == [])
        if before == nil { #expect(sync.state(room).map { $0["event_id"]?.text } == [name.rawValue]) }
    }

    func lazySync() async throws {
        let (alice, bob) = (try await account("alice"), try await account("bob"))
        let carol = try await account("carol")
        // Without a name Synapse gives the members that a client would name it after.
        let room = try await room(by: alice, with: [bob, carol], RoomTemplate(name: "Den", preset: .publicChat))
        for number in 1...3 { try await bob.say("\(number)", in: room) }
        func members(_ sync: SyncBody) -> Set<String> {
            Set(sync.state(room).compactMap { $0["type"] == "m.room.member" ? $0["state_key"]?.text : nil })
        }
        let lazy = members(try await alice.sync(nil, lazily: true, limit: 2))
        #expect(lazy == [alice.user.rawValue, bob.user.rawValue])
        let whole = members(try await alice.sync(nil, limit: 2))
        #expect(whole == [alice.user.rawValue, bob.user.rawValue, carol.user.rawValue])
    }

    func waitingSync() async throws {
        let (alice, bob) = (try await account("alice"), try await account("bob"))
        let room = try await room(by: alice, with: [bob])
        let since = try await alice.sync(nil).next
        async let waited = alice.sync(since, waiting: .seconds(30))
        let hello = try await bob.say("hello", in: room)
        #expect(try await waited.timeline(room).map { $0["event_id"]?.text } == [hello.rawValue])
    }

    func gap() async throws {
        let (alice, bob) = (try await account("alice"), try await account("bob"))
        let room = try await room(by: alice, with: [bob])
        let since = try await alice.sync(nil).next
        try await alice.perform(.sendState(.name, key: "", content: ["name": "old"], in: room))
        try await alice.perform(.sendState(.name, key: "", content: ["name": "new"], in: room))
        try await alice.perform(.ban(bob.user, in: room, reason: ""))
        var said: [String] = []
        for number in 1...6 { said.append(try await alice.say("\(number)", in: room).rawValue) }
        let sync = try await alice.sync(since, limit: 2)
        #expect(sync.timeline(room).map { $0["event_id"]?.text } == Array(said.suffix(2)))
        #expect(sync.joined(room)?["timeline"]?["limited"] == true)
        #expect(sync.state(room).filter { $0.isState(.name) }.map { $0["content"] } == [["name": "new"]])
        let banned = sync.state(room).filter { $0.isState(.member, bob.user.rawValue) }
        #expect(banned.map { $0["content"]?["membership"] } == ["ban"])

        let before = try #require(sync.joined(room)?["timeline"]?["prev_batch"]?.text)
        let missed = try await alice.messages(in: room, from: before, to: since, limit: 100)["chunk"]?.elements ?? []
        #expect(missed.prefix(4).map { $0["event_id"]?.text } == said.prefix(4).reversed())
        #expect(missed.count == 7)
        #expect(missed.last?["content"] == ["name": "old"])
    }

    func membershipSync() async throws {
        let (alice, bob) = (try await account("alice"), try await account("bob"))
        let carol = try await account("carol")
        let template = RoomTemplate(name: "Den", preset: .privateChat)
        let room = try await room(by: alice, template)
        try await alice.perform(.invite(carol.user, in: room))
        try await carol.join(room)
        var since = try await bob.sync(nil).next

        try await alice.perform(.invite(bob.user, in: room))
        let invited = try await bob.sync(since)
        let shown = invited.value["rooms"]?["invite"]?[room.rawValue]?["invite_state"]?["events"]?.elements ?? []
        #expect(shown.contains { $0.isState(.name) && $0["content"] == ["name": "Den"] })
        let invitation = shown.filter { $0.isState(.member, bob.user.rawValue) }
        #expect(invitation.first?["sender"] == .string(alice.user.rawValue))
        #expect(invitation.first?["content"]?["membership"] == "invite")
        since = try invited.next

        try await bob.join(room)
        let joined = try await bob.sync(since)
        #expect(joined.known(room).contains { $0.isState(.member, carol.user.rawValue) })
        #expect(joined.known(room).contains { $0.isState(.create) })
        since = try joined.next

        for ending in [Action.kick(bob.user, in: room, reason: "x"), .ban(bob.user, in: room, reason: "y")] {
            if case .ban = ending {
                try await alice.perform(.invite(bob.user, in: room))
                try await bob.join(room)
                since = try await bob.sync(since).next
            }
            try await alice.perform(ending)
            let left = try await bob.sync(since)
            #expect(left.joined(room) == nil)
            let last = left.value["rooms"]?["leave"]?[room.rawValue]?["timeline"]?["events"]?.elements?.last
            #expect(last?.isState(.member, bob.user.rawValue) == true)
            #expect(last?["sender"] == .string(alice.user.rawValue))
            since = try left.next
        }
        try await alice.say("unheard", in: room)
        #expect(try await bob.sync(since).value["rooms"] == nil)
    }

    func badToken() async throws {
        let alice = try await account("alice")
        let error = await failure { try await alice.sync("nonsense") }
        #expect(error.summary?.hasPrefix("400 ") == true)
    }
}
