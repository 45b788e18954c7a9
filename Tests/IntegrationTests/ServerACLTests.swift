import JSON
import MatrixCore
import Testing

/// Server rules, as the server ACLs of protected rooms.
@Suite(.serialized, .inTurn, .timeLimit(.minutes(10)))
struct ServerACLTests {
    @Test func `follow the server rules, keep what others wrote, and never shut out the own server`() async throws {
        try await withProtectedCommunity(.init(rooms: 3)) { town in
            let byHand = town.rooms[0]
            let manual: JSONValue = ["allow": ["*"], "deny": ["manual.example"], "allow_ip_literals": true]
            try await town.moderator.setState(.serverACL, manual, in: byHand)
            let room = try await town.start()
            let everywhere = town.rooms + [room.room]

            try await town.rule(.server, "evil.example")
            try await room.deny(["evil.example"], in: town.rooms.dropFirst() + [room.room])
            try await room.deny(["evil.example", "manual.example"], in: [byHand])
            _ = try await room.message { $0.contains("server ACL of 4 rooms") }
            for protected in everywhere { #expect(await room.acl(of: protected)?["allow"] == ["*"]) }
            #expect(await room.acl(of: byHand)?["allow_ip_literals"] == true)
            #expect(await room.acl(of: town.rooms[1])?["allow_ip_literals"] == false)

            try await town.rule(.server, "synapse.test")
            try await town.rule(.server, "*")
            for rule in ["synapse.test", "*"] {
                _ = try await room.message { $0.contains("⚠️") && $0.contains("`\(rule)`") }
            }
            try await town.rule(.server, "*.worse.example")
            try await room.deny(["*.worse.example", "evil.example"], in: town.rooms.dropFirst() + [room.room])

            try await town.policy(.server, key: "rule:evil.example", [:])
            try await room.deny(["*.worse.example"], in: town.rooms.dropFirst() + [room.room])
            try await room.deny(["*.worse.example", "manual.example"], in: [byHand])
            #expect(try await room.command("unban *.worse.example --no-confirm").isDone)
            try await room.deny([], in: town.rooms.dropFirst() + [room.room])
            try await room.deny(["manual.example"], in: [byHand])
        }
    }

    @Test func `are set when a moderator takes ours out`() async throws {
        try await withProtectedCommunity(.init(rooms: 1)) { town in
            let room = try await town.start()
            #expect(try await room.command("ban evil.example coc spam").isDone)
            try await room.deny(["evil.example"], in: town.rooms)
            try await town.moderator.setState(
                .serverACL,
                ["allow": ["*"], "deny": ["other.example"]],
                in: town.rooms[0]
            )
            try await room.deny(["evil.example", "other.example"], in: town.rooms)
        }
    }

    @Test func `come in one event for many rules, and none at a start that changes nothing`() async throws {
        try await withProtectedCommunity(.init(rooms: 2)) { town in
            let servers = (1...20).map { "evil-\($0).example" }
            for server in servers { try await town.rule(.server, server) }
            let room = try await town.start()
            try await room.deny(servers, in: town.rooms)
            #expect(town.proxy.count(.put, "state/m.room.server_acl") == 3)
            try await town.bot.stop()
            town.proxy.resetCounts()
            try await town.bot.start()
            try await town.ban(town.members)
            try await room.bans(of: town.members, in: town.rooms)
            #expect(town.proxy.count(.put, "state/m.room.server_acl") == 0)
        }
    }

    @Test func `are left alone where the configuration says so`() async throws {
        try await withProtectedCommunity(.init(rooms: 1)) { town in
            await town.bot.configure("disableServerACL", true)
            try await town.rule(.server, "evil.example")
            try await town.ban(town.members)
            let room = try await town.start()
            try await room.bans(of: town.members, in: town.rooms)
            try await town.rule(.server, "worse.example")
            #expect(try await room.command("rules").text.contains("worse.example"))
            #expect(town.proxy.count(.put, "state/m.room.server_acl") == 0)

            // Not in the account data: taken out of the configuration, it is over.
            try await town.bot.stop()
            await town.bot.configure("disableServerACL", nil)
            try await town.bot.start()
            try await room.deny(["evil.example", "worse.example"], in: town.rooms)
        }
    }
}

extension ManagementRoom {
    func acl(of room: RoomID) async -> JSONValue? { await feed.rooms.state(.serverACL, in: room)?.content }

    /// Waits until the rooms' ACLs deny exactly these servers.
    fileprivate func deny(_ servers: [String], in rooms: some Sequence<RoomID>) async throws {
        let rooms = Array(rooms)
        try await feed.rooms("ACLs that deny \(servers)") { seen in
            rooms.allSatisfy { room in
                let denied = seen.state(.serverACL, in: room)?.content["deny"]?.elements.compactMap(\.string)
                return Set(denied ?? []) == Set(servers)
            }
        }
    }
}
