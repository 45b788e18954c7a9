import FoundationEssentials
package import JSON

/// One exchange with a real server, as recorded in `Tests/Fixtures/{mas,dendrite}`.
package struct Recording: Sendable {
    package let file: String
    package let name: String
    package let method: String
    package let path: String
    package let status: Int
    package let headers: [(name: String, value: String)]
    package let body: JSONValue?
    /// Names of the fields of the request's form or JSON object.
    package let requestFields: Set<String>

    /// A web page is recorded as its heading, and a command's run is no exchange.
    private init?(_ json: JSONValue, file: String) {
        guard case .string(let name)? = json["name"], case .string(let method)? = json["request"]?["method"],
            case .string(let path)? = json["request"]?["path"], case .integer(let status)? = json["response"]?["status"]
        else { return nil }
        self.file = file
        self.name = name
        self.method = method
        self.path = path
        self.status = Int(status)
        var fields: [(name: String, value: String)] = []
        if case .object(let headers)? = json["response"]?["headers"] {
            for member in headers.members {
                if case .string(let value) = member.value { fields.append((member.name, value)) }
            }
        }
        headers = fields
        body = json["response"]?["body"]
        var names: Set<String> = []
        if case .object(let object)? = json["request"]?["form"] ?? json["request"]?["body"] {
            names = Set(object.members.map(\.name))
        }
        requestFields = names
    }

    /// The body as it was on the wire.
    package var text: String {
        let isJSON = headers.contains { $0.name == "content-type" && $0.value.hasPrefix("application/json") }
        if !isJSON, case .string(let text)? = body { return text }
        return body.map { String(decoding: $0.encoded(), as: UTF8.self) } ?? ""
    }

    package static func all(in folder: String) throws -> [Recording] {
        let files = try FileManager.default.contentsOfDirectory(atPath: fixtures(folder)).filter {
            $0.hasSuffix(".json")
        }
        return try files.sorted().flatMap { try all(in: folder, $0) }
    }

    /// The recording with this name in this file, the first where there are more.
    package static func named(_ name: String, in folder: String, _ file: String) throws -> Recording {
        let found = try all(in: folder, file).first { $0.name == name }
        guard let found else { throw Missing(name: name) }
        return found
    }

    private static func all(in folder: String, _ file: String) throws -> [Recording] {
        try entries(of: folder, file).compactMap { Recording($0, file: file) }
    }

    fileprivate static func entries(of folder: String, _ file: String) throws -> [JSONValue] {
        let bytes = [UInt8](try Data(contentsOf: URL(filePath: "\(fixtures(folder))/\(file)")))
        guard case .array(let entries) = try JSONValue(parsing: bytes.span) else { return [] }
        return entries
    }

    /// The path of a folder or file in `Tests/Fixtures`.
    package static func fixtures(_ name: String) -> String {
        URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .appending(path: "Fixtures/\(name)").path
    }

    fileprivate struct Missing: Error {
        let name: String
    }
}

/// One run of a server's command line program, recorded in the same files.
package struct RecordedCommand: Sendable {
    package let name: String
    package let words: [String]
    /// Nil where it never ended.
    package let exitStatus: Int64?
    package let standardOutput: String
    package let standardError: String

    package static func named(_ name: String, in folder: String, _ file: String) throws -> RecordedCommand {
        guard let found = try all(in: folder, file).first(where: { $0.name == name }) else {
            throw Recording.Missing(name: name)
        }
        return found
    }

    package static func all(in folder: String, _ file: String) throws -> [RecordedCommand] {
        try Recording.entries(of: folder, file).compactMap { RecordedCommand($0) }
    }

    /// Nil of an exchange.
    private init?(_ entry: JSONValue) {
        guard case .string(let name)? = entry["name"], case .string(let log)? = entry["stderr"],
            entry["command"] != nil
        else { return nil }
        var words: [String] = []
        if case .array(let recorded)? = entry["command"] {
            words = recorded.compactMap { if case .string(let word) = $0 { word } else { nil } }
        }
        var status: Int64?
        if case .integer(let exit)? = entry["exit"] { status = exit }
        var output = ""
        if case .string(let text)? = entry["stdout"] { output = text }
        self.name = name
        self.words = words
        exitStatus = status
        standardOutput = output
        standardError = log
    }
}
