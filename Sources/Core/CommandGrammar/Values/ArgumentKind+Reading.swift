import MatrixCore

extension ArgumentKind {
    package func read(_ token: Token) throws(Unreadable) -> ArgumentValue {
        let text = token.text
        switch self {
        case .text: return .text(text)
        case .integer(let range): return .integer(try readInteger(text, in: range))
        case .boolean: return .boolean(try readBoolean(text))
        case .duration: return .duration(try readDuration(text))
        case .choice(let choices): return .text(try readChoice(text, of: choices))
        case .user: return .user(try token.user(allowsGlob: false))
        case .userOrGlob: return .user(try token.user(allowsGlob: true))
        case .room: return .room(try token.room())
        case .alias:
            let room = try token.room()
            guard case .alias = room.name else { throw .otherKind }
            return .room(room)
        case .event: return .event(try token.event())
        case .server: return .server(try readServer(text))
        case .entity: return try readEntity(token)
        case .list:
            if let room = try? token.room() { return .room(room) }
            guard !text.isEmpty else { throw .empty }
            guard !looksLikeIdentifier(text) else { throw .otherKind }
            return .text(text)
        case .userOrEvent:
            if let event = try? token.event() { return .event(event) }
            return .user(try token.user(allowsGlob: true))
        }
    }
}

private func readEntity(_ token: Token) throws(Unreadable) -> ArgumentValue {
    if let room = try? token.room() { return .room(room) }
    switch token.text.utf8.first {
    case UInt8(ascii: "@"), UInt8(ascii: "<"), UInt8(ascii: "["):
        if let server = try? readServer(token.text) { return .server(server) }  // [::1]
        return .user(try token.user(allowsGlob: true))
    case UInt8(ascii: "#"), UInt8(ascii: "!"): return .room(try token.room())
    default:
        if let user = try? token.user(allowsGlob: true) { return .user(user) }
        return .server(try readServer(token.text))
    }
}

private func looksLikeIdentifier(_ text: String) -> Bool {
    guard let first = text.utf8.first else { return false }
    return "@#!$".utf8.contains(first) || text.utf8.starts(with: "https://matrix.to".utf8)
        || text.utf8.starts(with: "matrix:".utf8)
}

private func readInteger(_ text: String, in range: ClosedRange<Int64>) throws(Unreadable) -> Int64 {
    guard let value = Int64(text) else {
        let digits = text.utf8.drop { $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "+") }
        let isNumber = !digits.isEmpty && digits.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
        throw isNumber && text.utf8.count - digits.count <= 1 ? .outOfRange(range) : .otherKind
    }
    guard range.contains(value) else { throw .outOfRange(range) }
    return value
}

/// The exact words and no others: `isfalse` and `true.example.com` are neither.
func readBoolean(_ text: String) throws(Unreadable) -> Bool {
    switch text.foldedASCII {
    case "true": true
    case "false": false
    default: throw .otherKind
    }
}

private func readChoice(_ text: String, of choices: [String]) throws(Unreadable) -> String {
    let typed = text.foldedASCII
    if let choice = choices.first(where: { equalByBytes($0.foldedASCII, typed) }) { return choice }
    throw .noSuchChoice(suggestions: closest(to: text, among: choices))
}

/// Numbers with units, the largest unit first or not: `1h30m`, `2d`, `500ms`.
private func readDuration(_ text: String) throws(Unreadable) -> Duration {
    var rest = text[...].unicodeScalars
    var total: Duration = .zero
    guard !rest.isEmpty else { throw .empty }
    while !rest.isEmpty {
        let digits = rest.prefix(while: \.isASCIIDigit)
        guard digits.count <= 9, let number = Int64(String(digits)) else { throw .otherKind }
        rest = rest.dropFirst(digits.count)
        let unit = rest.prefix(while: \.isASCIILetter)
        rest = rest.dropFirst(unit.count)
        switch String(unit).foldedASCII {
        case "ms": total += .milliseconds(number)
        case "s", "sec", "second", "seconds": total += .seconds(number)
        case "m", "min", "minute", "minutes": total += .seconds(number * 60)
        case "h", "hour", "hours": total += .seconds(number * 3_600)
        case "d", "day", "days": total += .seconds(number * 86_400)
        case "w", "week", "weeks": total += .seconds(number * 604_800)
        case "": throw .missingUnit
        default: throw .otherKind
        }
    }
    return total
}
