import MatrixCore

/// Makes identifiers that look like Synapse's and are the same on every run.
struct SimulatedIdentifiers {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func event() throws(IdentifierError) -> EventID { try EventID(parsing: "$" + letters(43)) }

    /// From version 12 a room is named by its create event alone.
    mutating func room(version: Int, server: String) throws(IdentifierError) -> RoomID {
        version >= 12
            ? try RoomID(parsing: "!" + letters(43)) : try RoomID(parsing: "!" + letters(18, of: 52) + ":" + server)
    }

    private mutating func letters(_ count: Int, of alphabetSize: UInt64 = 64) -> String {
        var text = ""
        for _ in 0..<count { text.unicodeScalars.append(Self.alphabet[Int(next() % alphabetSize)]) }
        return text
    }

    private static let alphabet = Array(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".unicodeScalars
    )

    /// SplitMix64.
    private mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
