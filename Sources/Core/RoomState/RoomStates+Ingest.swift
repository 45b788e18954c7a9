package import JSON
package import MatrixCore

/// How one scanned event was taken in.
package enum Ingested: Sendable {
    /// A member event that changed something.
    case member(MemberTransition)
    /// A member event that said what was known.
    case knownMember
    /// Not a member event: it is for others to read.
    case other
    case malformed(MalformedEvent)
}

extension RoomStates {
    /// Takes in a scanned event as state of the room, where it is a member event: its bytes go straight into the arena.
    package mutating func ingest(
        _ element: borrowing ScannedElement,
        in scan: borrowing Scan,
        of room: RoomID
    ) -> Ingested {
        guard element.isMember else { return .other }
        let number = number(of: room)
        var former: FormerRecord?
        let record = element.withMember { user, record in former = setMember(user, record, in: number) }
        guard let record else { return .malformed(malformation(element, scan)) }
        guard let former, former != record else { return .knownMember }
        guard let user = element.string(EventFields.stateKey).flatMap({ try? UserID(parsing: $0) }) else {
            return .knownMember
        }
        return .member(MemberTransition(user: user, room: room, before: former.known, after: record))
    }

    /// Takes in the whole state of a room, which an answer of `/state` holds: members go into the arena, `visit` gets the
    /// rest.
    ///
    /// What was known of the room before goes. Without `withMembers`, as of a room that is only watched, members are passed
    /// over. Returns how many events could not be read.
    package mutating func load(
        _ scan: borrowing Scan,
        of id: RoomID,
        withMembers: Bool = true,
        visit: (RoomEvent) -> Void
    ) -> Int {
        let room = number(of: id)
        forget(id)
        if withMembers {
            members.expect(scan.count)
            users.expect(min(scan.count, maximumUsers - users.count))
        }
        var malformed = 0
        scan.forEach { element in
            if element.isMember {
                guard withMembers else { return }
                let record = element.withMember { user, record in _ = setMember(user, record, in: room) }
                if record == nil { malformed += 1 }
            } else if let event = try? RoomEvent(element, in: scan) {
                visit(event)
            } else {
                malformed += 1
            }
        }
        rooms[Int(room)].hasMembers = withMembers
        return malformed
    }

    private func malformation(_ element: borrowing ScannedElement, _ scan: borrowing Scan) -> MalformedEvent {
        MalformedEvent(
            problem: .content,
            id: element.string(EventFields.eventID).flatMap { try? EventID(parsing: $0) },
            sender: element.string(EventFields.sender).flatMap { try? UserID(parsing: $0) }
        )
    }
}

extension ScannedElement {
    /// Whether its type is `m.room.member`, compared where it lies.
    package var isMember: Bool {
        switch status {
        case .wrongType, .malformed: false
        case .ok, .badField, .missingField:
            withText(EventFields.type) { $0.elementsEqual(EventType.member.rawValue.utf8Span.span) } ?? false
        }
    }

    /// Lends the user of a member event, with what it says of them; nil where its key is no user ID or its membership no
    /// membership.
    fileprivate func withMember(_ use: (Span<UInt8>, MemberRecord) -> Void) -> MemberRecord? {
        guard let membership = withText(EventFields.membership, { Membership($0) }) ?? nil else { return nil }
        var record: MemberRecord?
        _ = withText(EventFields.stateKey) { user in
            guard isUserID(user) else { return }
            let sentByTarget = withText(EventFields.sender) { user.elementsEqual($0) } ?? false
            let read = MemberRecord(membership, wasSetByOther: !sentByTarget)
            record = read
            use(user, read)
        }
        return record
    }
}

/// What `UserID(parsing:)` asks for, of bytes that the scanner has found to be UTF-8.
private func isUserID(_ bytes: Span<UInt8>) -> Bool {
    guard bytes.count <= maximumIdentifierLength, bytes.count > 2, bytes[0] == UInt8(ascii: "@") else { return false }
    var colon = -1
    for index in bytes.indices {
        if bytes[index] == 0 { return false }
        if colon < 0, bytes[index] == UInt8(ascii: ":") { colon = index }
    }
    return colon > 0 && colon + 1 < bytes.count
}
