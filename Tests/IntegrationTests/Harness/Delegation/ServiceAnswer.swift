import JSON
import TestSupport

/// What the stubbed service says: a recorded answer, with names and tokens of this run.
struct ServiceAnswer: Sendable {
    let status: Int
    var body: JSONValue
    /// Names of the fields that the recorded request had, in a form or in JSON.
    let fields: Set<String>

    init(_ file: String, _ name: String) throws {
        let recording = try Recording.named(name, in: "mas", file + ".json")
        status = recording.status
        body = recording.body ?? .null
        fields = recording.requestFields
    }

    init(_ body: JSONValue) {
        status = 200
        self.body = body
        fields = []
    }

    func with(_ changes: [(String, JSONValue?)]) -> ServiceAnswer {
        var changed = self
        for (name, value) in changes { changed.body = changed.body.with(name, value) }
        return changed
    }

    /// Texts replaced wherever they stand.
    func replacing(_ texts: [(String, String)]) -> ServiceAnswer {
        var changed = self
        changed.body = body.replacing(texts)
        return changed
    }

    var bytes: [UInt8] {
        let text = if case .string(let text) = body { text } else { String(decoding: body.encoded(), as: UTF8.self) }
        let isPage = text.hasPrefix("[HTML page")
        let type = isPage ? "text/html" : body.string == nil ? "application/json" : "text/plain"
        return CannedServer.answer(status, type, isPage ? "<html>\(text)</html>" : text)
    }
}

extension JSONValue {
    fileprivate func replacing(_ texts: [(String, String)]) -> JSONValue {
        switch self {
        case .string(let text):
            .string(texts.reduce(text) { $0.replacing($1.0, with: $1.1) })
        case .array(let elements): .array(elements.map { $0.replacing(texts) })
        case .object(let object):
            .object(
                object.members.reduce(into: JSONObject()) { $0[$1.name] = $1.value.replacing(texts) }
            )
        case .null, .boolean, .integer, .decimal: self
        }
    }
}
