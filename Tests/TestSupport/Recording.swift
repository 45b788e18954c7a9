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
        let bytes = [UInt8](try Data(contentsOf: URL(filePath: "\(fixtures(folder))/\(file)")))
        guard case .array(let exchanges) = try JSONValue(parsing: bytes.span) else { return [] }
        return exchanges.compactMap { Recording($0, file: file) }
    }

    /// The path of a folder or file in `Tests/Fixtures`.
    package static func fixtures(_ name: String) -> String {
        URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .appending(path: "Fixtures/\(name)").path
    }

    private struct Missing: Error {
        let name: String
    }
}
