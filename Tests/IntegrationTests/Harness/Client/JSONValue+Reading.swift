import JSON

/// An answer lacks what was asked of it.
struct MissingMember: Error {
    let name: String
    let value: JSONValue
}

extension JSONValue {
    var string: String? {
        if case .string(let text) = self { text } else { nil }
    }

    var integer: Int64? {
        if case .integer(let number) = self { number } else { nil }
    }

    var boolean: Bool? {
        if case .boolean(let value) = self { value } else { nil }
    }

    var elements: [JSONValue] {
        if case .array(let elements) = self { elements } else { [] }
    }

    var members: [JSONObject.Member] {
        if case .object(let object) = self { object.members } else { [] }
    }

    /// A member that must be there and be a string.
    func text(_ name: String) throws -> String {
        guard let text = self[name]?.string else { throw MissingMember(name: name, value: self) }
        return text
    }

    /// The same object with one member set, or taken out.
    func with(_ name: String, _ value: JSONValue?) -> JSONValue {
        guard case .object(var object) = self else { return self }
        object[name] = value
        return .object(object)
    }
}
