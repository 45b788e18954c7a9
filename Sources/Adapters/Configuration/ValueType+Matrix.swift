import MatrixCore
import YAML

extension ValueType<UserID> {
    static let userID = ValueType(
        "a user ID such as @alice:example.org",
        show: { $0.rawValue },
        parse: { value in
            guard case .string(let text) = value else { return nil }
            return try? UserID(parsing: text)
        }
    )
}

extension ValueType<RoomReference> {
    static let room = ValueType(
        "a room as !id, #alias:server or a link to one",
        show: { $0.text },
        remedy: { value in
            switch value {
            case .null: "an unquoted # begins a comment: put the alias in quotes"  // only inside a list
            case .string(let text) where text.utf8.first == UInt8(ascii: "@"): "this is a user ID"
            case .string(let text) where Permalink(parsing: text) != nil: "this link leads elsewhere than to a room"
            case .bool, .integer, .double, .string, .sequence, .mapping: nil
            }
        },
        parse: { value in
            guard case .string(let text) = value else { return nil }
            return RoomReference(parsing: text)
        }
    )
}

extension ValueType<ServerName> {
    static let serverName = ValueType(
        "a server name such as example.org",
        show: { $0.rawValue },
        parse: { value in
            guard case .string(let text) = value else { return nil }
            return try? ServerName(parsing: text)
        }
    )
}

extension ValueType<String> {
    /// Where a homeserver answers; kept without a slash at its end.
    static let baseURL = ValueType(
        "a URL that begins with http:// or https://",
        show: { $0 },
        remedy: { value in
            guard case .string(let text) = value else { return nil }
            if text.contains("/_matrix") { return "leave out what comes from /_matrix on" }
            if text.contains("://"), text.utf8.contains(UInt8(ascii: "@")) {
                return "it must not hold a user or password"
            }
            if WebURL("https://" + text) != nil { return "write https://\(text)" }
            return nil
        },
        parse: { value in
            guard case .string(let text) = value, let url = WebURL(text), !url.hasQueryOrFragment,
                !url.path.contains("/_matrix")
            else { return nil }
            var end = text.utf8.endIndex
            while text[..<end].utf8.last == UInt8(ascii: "/") { end = text.utf8.index(before: end) }
            return String(text[..<end])
        }
    )

    /// Where something is fetched from.
    static let webAddress = ValueType(
        "a URL that begins with http:// or https://, or an empty text",
        show: { $0 },
        parse: { value in
            guard case .string(let text) = value, text.isEmpty || WebURL(text) != nil else { return nil }
            return text
        }
    )
}
