import FoundationEssentials
import JSON

/// What a real Matrix Authentication Service, or Synapse behind it, answered.
struct Recording: Sendable {
    let status: Int
    var body: JSONValue
    /// Names of the fields that the request had, in a form or in JSON.
    let fields: Set<String>

    struct Missing: Error {
        let file: String
        let name: String
    }

    init(_ file: String, _ name: String) throws {
        guard let found = try Self.all(file).first(where: { $0["name"]?.string == name }), let answer = found["response"],
            let status = answer["status"]?.integer
        else { throw Missing(file: file, name: name) }
        self.status = Int(status)
        body = answer["body"] ?? .null
        let request = found["request"]
        fields = Set((request?["form"] ?? request?["body"] ?? .null).members.map(\.name))
    }

    /// The standard error of a recorded command.
    static func log(_ file: String, _ name: String) throws -> (status: Int64, log: String) {
        guard let found = try all(file).first(where: { $0["name"]?.string == name }) else {
            throw Missing(file: file, name: name)
        }
        return (found["exit"]?.integer ?? -1, found["stderr"]?.string ?? "")
    }

    private static func all(_ file: String) throws -> [JSONValue] {
        let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../../Fixtures/mas")
        let data = try Data(contentsOf: folder.appending(path: file + ".json"))
        return try JSONValue(parsing: Array(data).span).elements
    }

    func with(_ changes: [(String, JSONValue?)]) -> Recording {
        var changed = self
        for (name, value) in changes { changed.body = changed.body.with(name, value) }
        return changed
    }

    /// Texts replaced wherever they stand.
    func replacing(_ texts: [(String, String)]) -> Recording {
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
