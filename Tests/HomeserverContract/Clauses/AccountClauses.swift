import JSON
import MatrixCore
import Moderation
import Protections
import Testing

extension ContractCheck {
    func identity() async throws {
        let alice = try await account("alice")
        #expect(try await alice.homeserver.identity().user == alice.user)
        #expect(try await alice.homeserver.displayName() == String(alice.user.localpart))
        #expect(Int(try await alice.homeserver.defaultRoomVersion()) != nil)
    }

    func accountData() async throws {
        let alice = try await account("alice")
        let type = AccountDataType.watchedLists
        #expect(try await alice.homeserver.accountData(type) == nil)
        let since = try await alice.sync(nil).next
        for content: JSONValue in [["references": ["a"]], [:]] {
            #expect(try await alice.perform(.setAccountData(type, content: content)) == .done)
            #expect(try await alice.homeserver.accountData(type) == content)
        }
        let told = try await alice.sync(since).value["account_data"]?["events"]?.elements
        #expect(told?.contains(["type": .string(type.rawValue), "content": [:]]) == true)
        #expect(try await account("bob").homeserver.accountData(type) == nil)
    }

    func joinedRooms() async throws {
        let alice = try await account("alice")
        #expect(try await alice.homeserver.joinedRooms() == [])
        let (first, second) = (try await room(by: alice), try await room(by: alice))
        #expect(Set(try await alice.homeserver.joinedRooms()) == [first, second])
        #expect(try await alice.perform(.leave(first)) == .done)
        #expect(try await alice.homeserver.joinedRooms() == [second])
    }
}
