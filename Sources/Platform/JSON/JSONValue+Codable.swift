/// Inside another coder's document a value is kept as a string of its own JSON: whole numbers, order and unknown
/// members survive any coder.
extension JSONValue: Codable {
    package init(from decoder: any Decoder) throws {
        let text = try decoder.singleValueContainer().decode(String.self)
        try self.init(parsing: text.utf8Span.span)
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(String(decoding: encoded(), as: UTF8.self))
    }
}
