/// How a record becomes a line.
package enum LogFormat: Sendable {
    /// `2026-01-31T12:00:00.250Z WARN sync: request refused room=!r status=403`, for people.
    case text
    /// One JSON object a line, for programs.
    case json

    /// Of one field, in code points: what strangers write may be long.
    private static let longestValue = 2_000

    /// The line with its end; nothing in it but the end breaks a line, whatever the fields hold.
    package func line(_ record: LogRecord, at milliseconds: Int64) -> String {
        let time = timestamp(ofMilliseconds: milliseconds)
        switch self {
        case .text:
            let fields = record.fields.map { " \($0.name)=\(Self.word($0.value))" }.joined()
            return "\(time) \(record.level.name) \(record.source): \(record.message)\(fields)\n"
        case .json:
            let fields = record.fields.map { "\(Self.json($0.name)):\(Self.json($0.value))" }.joined(separator: ",")
            return "{\"time\":\"\(time)\",\"level\":\"\(record.level.name)\",\"source\":\(Self.json(record.source)),"
                + "\"message\":\(Self.json(record.message)),\"fields\":{\(fields)}}\n"
        }
    }

    /// In quotes where it could be taken for more than one word.
    private static func word(_ value: String) -> String {
        let shown = printable(value, limit: longestValue)
        let isWord =
            !shown.isEmpty && !shown.unicodeScalars.contains { $0 == "\"" || $0 == "=" || $0.properties.isWhitespace }
        guard !isWord else { return shown }
        let escaped = shown.unicodeScalars.map { $0 == "\"" ? "\\\"" : String($0) }.joined()
        return "\"\(escaped)\""
    }

    private static func json(_ text: String) -> String {
        var scalars = "\"".unicodeScalars
        for (index, scalar) in text.unicodeScalars.enumerated() {
            guard index < longestValue else {
                scalars.append("…")
                break
            }
            switch scalar {
            case "\"": scalars.append(contentsOf: "\\\"".unicodeScalars)
            case "\\": scalars.append(contentsOf: "\\\\".unicodeScalars)
            case _ where isUnprintable(scalar):
                for unit in UTF16.encode(scalar) ?? .init() {
                    let digits = String(unit, radix: 16)
                    let escape = "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
                    scalars.append(contentsOf: escape.unicodeScalars)
                }
            default: scalars.append(scalar)
            }
        }
        scalars.append("\"")
        return String(scalars)
    }
}
