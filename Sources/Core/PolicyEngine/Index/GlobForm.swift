/// The one spelling that equal globs share: in each run of wildcards the `?` come first, then at most one `*`.
func canonicalPattern(_ entity: String, foldsASCIICase: Bool) -> String {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(entity.utf8.count)
    var hasStar = false
    for byte in entity.utf8 {
        if byte == UInt8(ascii: "*") {
            hasStar = true
            continue
        }
        if hasStar, byte != UInt8(ascii: "?") {
            bytes.append(UInt8(ascii: "*"))
            hasStar = false
        }
        bytes.append(foldsASCIICase ? lowercasedASCII(byte) : byte)
    }
    if hasStar { bytes.append(UInt8(ascii: "*")) }
    return String(decoding: bytes, as: UTF8.self)
}

/// Whether every text that the narrow glob matches is matched by the wide one too.
///
/// Both canonical. Sound, and exact but for globs that only together leave nothing between them.
func covers(_ wide: String, _ narrow: String) -> Bool {
    let wide = Array(wide.unicodeScalars)
    let narrow = Array(narrow.unicodeScalars)
    var inWide = 0
    var inNarrow = 0
    var afterStar: Int?
    var retryAt = 0
    // Ordinary matching, the narrow glob taken for a text: its `*` is a letter that only a `*` can stand for, its `?` one
    // that a `?` can stand for too.
    while inNarrow < narrow.count {
        if inWide < wide.count, wide[inWide] == "*" {
            inWide += 1
            afterStar = inWide
            retryAt = inNarrow
        } else if inWide < wide.count, wide[inWide] == "?" ? narrow[inNarrow] != "*" : wide[inWide] == narrow[inNarrow]
        {
            inWide += 1
            inNarrow += 1
        } else if let star = afterStar {
            retryAt += 1
            inNarrow = retryAt
            inWide = star
        } else {
            return false
        }
    }
    return wide[inWide...].allSatisfy { $0 == "*" }
}

func lowercasedASCII(_ byte: UInt8) -> UInt8 {
    (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) ? byte | 0x20 : byte
}

func lowercasedASCII(_ text: String) -> String {
    String(decoding: text.utf8.map { lowercasedASCII($0) }, as: UTF8.self)
}
