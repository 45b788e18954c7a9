import MatrixCore

/// An identifier written out in a test; a wrong one is the test's own mistake.
private func parsed<ID: MatrixIdentifier>(_ text: String) -> ID {
    do { return try ID(parsing: text) } catch { preconditionFailure("\(text): \(error)") }
}

extension UserID: ExpressibleByStringLiteral {
    public init(stringLiteral text: String) { self = parsed(text) }
}

extension RoomID: ExpressibleByStringLiteral {
    public init(stringLiteral text: String) { self = parsed(text) }
}

extension EventID: ExpressibleByStringLiteral {
    public init(stringLiteral text: String) { self = parsed(text) }
}

extension RoomAlias: ExpressibleByStringLiteral {
    public init(stringLiteral text: String) { self = parsed(text) }
}

extension ServerName: ExpressibleByStringLiteral {
    public init(stringLiteral text: String) { self = parsed(text) }
}
