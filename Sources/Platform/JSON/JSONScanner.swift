import CJSON

/// Walks a large body once and finds the elements at the paths of its plan, decoding nothing that nobody asked for.
///
/// Skipped values are not checked beyond their brackets: `{"b":tru}` in a part that no path reaches passes. Where a name
/// on a path, or a field, occurs twice in its object, the last counts; a `*` yields every member, doubles included.
@safe package final class JSONScanner {
    private let handle: OpaquePointer
    private let fieldCounts: [Int]

    package init(_ paths: [ScanPath]) throws(JSONError) {
        for (number, path) in paths.enumerated() {
            guard !paths[..<number].contains(where: { $0.path == path.path }) else { throw .unsupportedPath }
        }
        fieldCounts = paths.map { max($0.fields.count, 1) }
        unsafe handle = json_scanner_create()
        var compiler = unsafe PlanCompiler(handle: handle)
        for (number, path) in paths.enumerated() { try compiler.add(path, number: number) }
    }

    deinit {
        unsafe json_scanner_destroy(handle)
    }

    /// Readable zero bytes that must follow a body.
    package static var padding: Int { json_padding }

    /// Scans the body and lends what was found.
    ///
    /// Throws where the body as a whole is refused: bytes that are not UTF-8, a raw control character, an open string,
    /// a bracket too many or too few. `salvage` then has a second look.
    package func scan<Value>(
        _ body: any PaddedBytes,
        _ use: (borrowing Scan) throws -> Value
    ) throws -> Value {
        try unsafe withStart(of: body) { start, count in
            if let refusal = unsafe JSONError(json_scanner_scan(handle, start, count)) { throw refusal }
            return try unsafe use(Scan(json_scanner_result(handle), body: start, fieldCounts: fieldCounts))
        }
    }

    /// Finds what can be found soundly in a body that `scan` refuses, about four times slower.
    ///
    /// - Bytes that are not UTF-8 and raw control characters cost the element they are in: `malformed`.
    /// - One bracket missing, surplus or of the other kind costs the element it is in. Elements behind it are found from
    ///   the end of the body backwards, so that nothing inside the broken element is taken for an element.
    /// - Where the body is cut off, where a string has no end, where the damage is outside any element, what was found
    ///   before it is kept; all from `Scan.lostFrom` on is lost.
    /// - Where counting shows several wrong brackets, and not only missing closing ones, nothing is given at all: what
    ///   one user wrote inside an event could come to light as another user's event.
    ///
    /// Several errors that cancel out in the counts are beyond this; no serializer was seen to make them.
    package func salvage<Value>(
        _ body: any PaddedBytes,
        _ use: (borrowing Scan) throws -> Value
    ) throws -> Value {
        var (tokens, end) = body.withPaddedBytes { bytes in
            unsafe bytes.withUnsafeBytes { all in
                unsafe tolerantTokens(all.assumingMemoryBound(to: UInt8.self).span.extracting(first: body.count))
            }
        }
        let tokenCount = tokens.count
        tokens += [0, 0]
        return try unsafe withStart(of: body) { start, count in
            let code = unsafe json_scanner_salvage(handle, start, count, &tokens, tokenCount)
            let result = unsafe json_scanner_result(handle)
            let isWhole = code == json_ok && end == count
            let lost = isWhole ? nil : unsafe min(end, result.failed_at)
            return try unsafe use(Scan(result, body: start, fieldCounts: fieldCounts, lostFrom: lost))
        }
    }

    private func withStart<Value>(
        of body: any PaddedBytes,
        _ use: (UnsafePointer<CChar>, Int) throws -> Value
    ) throws -> Value {
        try body.withPaddedBytes { bytes in
            precondition(bytes.byteCount >= body.count + Self.padding, "a body is scanned with its padding")
            return try unsafe bytes.withUnsafeBytes { all in
                guard let start = all.baseAddress else { throw JSONError.empty }
                return try unsafe use(start.assumingMemoryBound(to: CChar.self), body.count)
            }
        }
    }
}

/// Turns paths into the tree that the walk follows.
@safe private struct PlanCompiler {
    private let handle: OpaquePointer
    private var namesBelow: [UInt32: Set<String>] = [:]

    init(handle: OpaquePointer) {
        unsafe self.handle = handle
    }

    mutating func add(_ path: ScanPath, number: Int) throws(JSONError) {
        guard let number = UInt16(exactly: number), path.path.steps.count <= 32 else { throw .unsupportedPath }
        var node: UInt32 = 0
        for step in path.path.steps {
            switch step {
            case .member(let name): node = try self.step(from: node, json_step_member, name)
            case .anyMember: node = try self.step(from: node, json_step_any_member, "")
            case .anyElement: node = try self.step(from: node, json_step_any_element, "")
            }
        }
        let root = unsafe json_scanner_end_path(handle, node, number, UInt32(path.fields.count), path.want.code)
        for (slot, field) in path.fields.enumerated() {
            guard !field.names.isEmpty, field.names.count <= 32 else { throw .unsupportedPath }
            var node = root
            for name in field.names { node = try step(from: node, json_step_member, name) }
            unsafe json_scanner_end_field(handle, node, root, UInt32(slot), field.want.code, field.isRequired)
        }
    }

    private mutating func step(from node: UInt32, _ step: json_step, _ name: String) throws(JSONError) -> UInt32 {
        let isPlain = name.utf8.allSatisfy { $0 >= 0x20 && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "\\") }
        namesBelow[node, default: []].insert(name)
        guard isPlain, namesBelow[node, default: []].count <= 64 else { throw .unsupportedPath }
        return unsafe json_scanner_step(handle, node, step, name, name.utf8.count)
    }
}

extension ScanWant {
    fileprivate var code: json_want {
        switch self {
        case .text: json_want_text
        case .integer: json_want_integer
        case .boolean: json_want_boolean
        case .object: json_want_object
        case .any: json_want_any
        }
    }
}
