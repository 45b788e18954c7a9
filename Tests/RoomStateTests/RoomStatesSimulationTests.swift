import MatrixCore
import RoomState
import Testing
import TestSupport

/// Thousands of random changes, held against dictionaries that do the same the slow way.
@Suite struct RoomStatesSimulationTests {
    private struct Model {
        var members: [RoomID: [UserID: MemberRecord]] = [:]
        var protected: Set<RoomID> = []

        var present: Set<UserID> {
            Set(protected.flatMap { (members[$0] ?? [:]).filter { $0.value.membership.isPresent }.keys })
        }
    }

    private static let users: [UserID] = {
        var users: [UserID] = ["@K:a.org", "@\u{212A}:a.org", "@:a.org", "@é:b.org", "@e\u{301}:b.org"]
        for number in 0..<300 {
            if let user = try? UserID(parsing: "@user\(number):s\(number % 7).org") { users.append(user) }
        }
        return users
    }()

    @Test(arguments: 1...8 as ClosedRange<UInt64>)
    func `rooms and members are what dictionaries say`(seed: UInt64) throws {
        var numbers = SeededNumbers(seed: seed)
        var rooms = RoomStates()
        var model = Model()
        let ids: [RoomID] = try (0..<12).map { try RoomID(parsing: "!r\($0)") }
        for step in 0..<4_000 {
            let room = ids[Int.random(in: 0..<ids.count, using: &numbers)]
            switch Int.random(in: 0..<100, using: &numbers) {
            case 0..<90:
                let user = Self.users[Int.random(in: 0..<Self.users.count, using: &numbers)]
                let membership = Membership.allCases[Int.random(in: 0..<5, using: &numbers)]
                let record = MemberRecord(membership, wasSetByOther: Bool.random(using: &numbers))
                let before = model.members[room]?[user]
                let expected =
                    before == record
                    ? nil : MemberTransition(user: user, room: room, before: before, after: record)
                let transition = rooms.setMember(user, record, in: room)
                #expect(transition == expected, "seed \(seed), step \(step)")
                model.members[room, default: [:]][user] = record
            case 90..<93:
                let isProtected = Bool.random(using: &numbers)
                rooms.setProtected(isProtected, room)
                if isProtected { model.protected.insert(room) } else { model.protected.remove(room) }
            case 93..<95:
                rooms.forget(room)
                model.members[room] = nil
            case 95..<97:
                rooms.untrack(room)
                if !model.protected.contains(room) { model.members[room] = nil }
            case 97..<98:
                // A snapshot of a room goes over to another, which knows nothing.
                let bytes = snapshot(of: model.members[room] ?? [:])
                rooms.forget(room)
                let isTaken = rooms.restore(bytes, of: room)
                #expect(isTaken)
            default: check(rooms, model, ids, seed, step)
            }
        }
        check(rooms, model, ids, seed, 4_000)
    }

    private func snapshot(of members: [UserID: MemberRecord]) -> [UInt8] {
        members.sorted { $0.key < $1.key }.reduce(into: [1]) { bytes, member in
            bytes += [member.value.byte, UInt8(member.key.rawValue.utf8.count)] + Array(member.key.rawValue.utf8)
        }
    }

    private func check(_ rooms: RoomStates, _ model: Model, _ ids: [RoomID], _ seed: UInt64, _ step: Int) {
        let place = "seed \(seed), step \(step)"
        for room in ids {
            let members = model.members[room] ?? [:]
            #expect(rooms.members(of: room) == members, "\(place)")
            #expect(rooms[room]?.joinedCount ?? 0 == members.values.count { $0.membership == .join }, "\(place)")
            let present = members.filter { $0.value.membership.isPresent }.keys.map(\.rawValue)
            #expect(Set(rooms.present(in: room).map(ByteText.init)) == Set(present.map(ByteText.init)), "\(place)")
        }
        #expect(rooms.memberCount == model.members.values.reduce(0) { $0 + $1.count }, "\(place)")
        #expect(rooms.presentUserCount == model.present.count, "\(place)")
        #expect(
            Set(rooms.presentEverywhere.map(ByteText.init)) == Set(model.present.map { ByteText($0.rawValue) }),
            "\(place)"
        )
        for user in Self.users.prefix(40) {
            let expected = Dictionary(
                uniqueKeysWithValues: model.members.compactMap { room, members in members[user].map { (room, $0) } }
            )
            let found = Dictionary(rooms.rooms(of: user).map { ($0.room, $0.record) }) { first, _ in first }
            #expect(found == expected, "\(place)")
            #expect(rooms.rooms(of: user).count == expected.count, "\(place)")
        }
        for server in ["s3.org", "a.org"] {
            #expect(
                Set(rooms.presentUsers(matching: "@*:\(server)"))
                    == model.present.filter { $0.server.rawValue == server },
                "\(place)"
            )
        }
    }
}
