package import JSON

extension JSONValue {
    package var text: String? { if case .string(let text) = self { text } else { nil } }
    package var elements: [JSONValue] { if case .array(let elements) = self { elements } else { [] } }
    package var names: [String] { if case .object(let object) = self { object.members.map(\.name) } else { [] } }
}
