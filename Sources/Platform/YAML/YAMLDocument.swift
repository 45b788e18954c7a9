/// A document, and what is wrong with it that did not keep the rest from being read.
package struct YAMLDocument: Sendable {
    package let root: Node
    /// In the order of the text: keys given twice, tags and merge keys that are not supported, aliases of nothing.
    package let faults: [YAMLError]
}

/// Reads the one document of a configuration file.
///
/// - Throws: what leaves no document to speak of: broken syntax, more than the limits allow.
package func parseYAML(_ bytes: [UInt8], file: String, limits: Limits = Limits()) throws(YAMLError) -> YAMLDocument {
    guard bytes.count <= limits.bytes else {
        let start = Position(line: 1, column: 1)
        throw YAMLError(file: file, position: start, path: "", reason: .tooLong(limit: limits.bytes))
    }
    let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]
    let text = bytes.starts(with: byteOrderMark) ? Array(bytes.dropFirst(byteOrderMark.count)) : bytes
    var parser = DocumentParser(reader: EventReader(text), file: file, limits: limits)
    let root = try parser.document()
    return YAMLDocument(root: root, faults: parser.faults)
}
