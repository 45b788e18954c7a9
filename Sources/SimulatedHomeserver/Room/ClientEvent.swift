import JSON
import MatrixCore

extension SimulatedRoom {
    /// An event as a client sees it.
    ///
    /// `reader` learns the transactions of its own requests. A sync leaves the room out, all else names it.
    func clientEvent(at place: Int, for reader: UserID, now: Int64, namesRoom: Bool) -> JSONValue {
        let event = events[place]
        var json = JSONObject()
        json["type"] = .string(event.type.rawValue)
        json["sender"] = .string(event.sender.rawValue)
        json["content"] = event.content
        json["state_key"] = event.stateKey.map { .string($0) }
        json["event_id"] = .string(event.id.rawValue)
        json["origin_server_ts"] = .integer(event.timestamp)
        json["unsigned"] = unsigned(event, for: reader, now: now)
        if namesRoom { json["room_id"] = .string(id.rawValue) }
        if let redacts = event.redacts {
            // Synapse puts it where both kinds of clients look.
            json["redacts"] = .string(redacts.rawValue)
            var content = JSONObject()
            if case .object(let own) = event.content { content = own }
            content["redacts"] = .string(redacts.rawValue)
            json["content"] = .object(content)
        }
        return .object(json)
    }

    private func unsigned(_ event: TimelineEvent, for reader: UserID, now: Int64) -> JSONValue {
        var unsigned = JSONObject()
        unsigned["age"] = .integer(now - event.received)
        if let replaced = event.replaces.map({ events[$0] }) {
            unsigned["replaces_state"] = .string(replaced.id.rawValue)
            unsigned["prev_content"] = replaced.content
            unsigned["prev_sender"] = .string(replaced.sender.rawValue)
        }
        if event.sender == reader { unsigned["transaction_id"] = event.transaction.map { .string($0) } }
        if let redaction = event.redactedBy {
            unsigned["redacted_by"] = .string(events[redaction].id.rawValue)
            unsigned["redacted_because"] = clientEvent(at: redaction, for: reader, now: now, namesRoom: true)
        }
        return .object(unsigned)
    }

    /// What somebody who is invited may see of the room.
    func strippedState(forInviteAt place: Int) -> JSONValue {
        let types: [EventType] = [
            .create, .joinRules, .canonicalAlias, EventType(rawValue: "m.room.avatar"), .encryption, .name,
            EventType(rawValue: "m.room.topic"),
        ]
        var shown = types.compactMap { state[StateKey($0)] }
        if let inviter = state[StateKey(.member, events[place].sender.rawValue)] { shown.append(inviter) }
        return .array(
            (shown.filter { $0 < place }.sorted() + [place])
                .map { place in
                    let event = events[place]
                    return [
                        "type": .string(event.type.rawValue), "state_key": .string(event.stateKey ?? ""),
                        "sender": .string(event.sender.rawValue), "content": event.content,
                    ]
                }
        )
    }
}
