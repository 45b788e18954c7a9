import JSON
import MatrixCore
import Moderation
import Protections
import Testing

extension ContractCheck {
    func newRoom() async throws {
        let (alice, bob) = (try await account("alice"), try await account("bob"))
        let template = RoomTemplate(
            name: "Terms",
            preset: .privateChat,
            invite: [bob.user],
            creationContent: ["type": "m.policy", "draupnir.row": "7"],
            powerLevels: ["ban": 42],
            initialState: [
                .init(type: .shortcode, content: ["shortcode": "terms"]),
                .init(type: EventType(rawValue: "x"), key: "k", content: ["n": 1]),
            ],
            version: "11"
        )
        let room = try await alice.makeRoom(template)
        func content(_ type: EventType, _ key: String = "") async throws -> JSONValue? {
            try await alice.homeserver.stateContent(StateKey(type, key), in: room)
        }
        let create = try await content(.create)
        #expect(create?["type"] == "m.policy")
        #expect(create?["draupnir.row"] == "7")
        #expect(create?["room_version"] == "11")
        #expect(try await content(.name) == ["name": "Terms"])
        #expect(try await content(.shortcode) == ["shortcode": "terms"])
        #expect(try await content(EventType(rawValue: "x"), "k") == ["n": 1])
        #expect(try await content(.joinRules)?["join_rule"] == "invite")
        #expect(try await content(.powerLevels)?["ban"] == 42)
        #expect(try await content(.powerLevels)?["kick"] == 50)
        #expect(try await content(.powerLevels)?["users"]?[alice.user.rawValue] == 100)
        #expect(try await alice.membership(of: alice.user, in: room) == "join")
        #expect(try await alice.membership(of: bob.user, in: room) == "invite")
        let unknown = RoomTemplate(preset: .publicChat, version: "no such version")
        #expect(await alice.refusal(of: .createRoom(unknown)).summary == "400 M_UNSUPPORTED_ROOM_VERSION")
        let lacking = RoomTemplate(preset: .publicChat, powerLevels: ["users": [:]], version: "11")
        #expect(await alice.refusal(of: .createRoom(lacking)).summary == "400 M_UNKNOWN")
    }

    func versions() async throws {
        let alice = try await account("alice")
        for version in ["10", "11", "12"] {
            let room = try await alice.makeRoom(RoomTemplate(preset: .publicChat, version: version))
            let create = try await alice.homeserver.stateContent(StateKey(.create), in: room)
            #expect(create?["room_version"] == .string(version))
            #expect((create?["creator"] != nil) == (version == "10"))
            #expect(room.rawValue.utf8.contains(UInt8(ascii: ":")) == (version != "12"))
            let levels = try #require(try await alice.homeserver.stateContent(StateKey(.powerLevels), in: room))
            #expect((levels["users"]?[alice.user.rawValue] != nil) == (version != "12"))
        }
    }

    func aliases() async throws {
        let (alice, bob) = (try await account("alice"), try await account("bob"))
        let name = "list-\(alice.user.localpart)"
        let alias = try RoomAlias(parsing: "#\(name):\(alice.user.server)")
        #expect(await bob.refusal(of: .resolve(alias)).summary == "404 M_NOT_FOUND")
        #expect(await bob.refusal(of: .join(RoomReference(.alias(alias)))).summary == "404 M_NOT_FOUND")
        let template = RoomTemplate(aliasLocalpart: name, preset: .publicChat)
        let room = try await alice.makeRoom(template)
        #expect(try await bob.perform(.resolve(alias)) == .room(room, via: [alice.user.server]))
        #expect(try await bob.perform(.join(RoomReference(.alias(alias)))) == .room(room, via: []))
        let canonical = try await bob.homeserver.stateContent(StateKey(.canonicalAlias), in: room)
        #expect(canonical?["alias"] == .string(alias.rawValue))
        #expect(await alice.refusal(of: .createRoom(template)).summary == "400 M_ROOM_IN_USE")
    }

    func strangers() async throws {
        let (alice, bob) = (try await account("alice"), try await account("bob"))
        let room = try await room(by: alice)
        let position = try await alice.sync(nil).next
        let state = await failure { try await bob.homeserver.state(of: room) }
        #expect(state.summary == "403 M_FORBIDDEN")
        let content = await failure { try await bob.homeserver.stateContent(StateKey(.name), in: room) }
        #expect(content.summary == "403 M_FORBIDDEN")
        let messages = await failure { try await bob.messages(in: room, from: position, limit: 1) }
        #expect(messages.summary == "403 M_FORBIDDEN")
        #expect(await failure { try await bob.say("hi", in: room) }.summary == "403 M_FORBIDDEN")
        #expect(await bob.refusal(of: .ban(alice.user, in: room, reason: "")).summary == "403 M_FORBIDDEN")
        #expect(await bob.refusal(of: .leave(room)).summary == "403 M_FORBIDDEN")

        let unknown = try RoomID(parsing: "!unknown:\(alice.user.server)")
        #expect(await bob.refusal(of: .ban(alice.user, in: unknown, reason: "")).summary == "403 M_FORBIDDEN")
        #expect(await bob.refusal(of: .leave(unknown)).summary == "404 M_UNKNOWN")
        #expect(await bob.refusal(of: .join(RoomReference(unknown))).summary == "404 M_UNKNOWN")
        #expect(await failure { try await bob.homeserver.state(of: unknown) }.summary == "403 M_FORBIDDEN")
    }

    func notOneRequest() async throws {
        let alice = try await account("alice")
        let room = try RoomID(parsing: "!any:\(alice.user.server)")
        for action in [Action.loadState(room), .fillGap(Gap(room: room, from: "s1", to: nil))] {
            #expect(await alice.refusal(of: action).summary == "0 ")
        }
    }
}
