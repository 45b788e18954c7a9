/// Text that cannot break a line, move a cursor or turn the direction of writing, so that foreign words stay one field.
///
/// Controls, format characters and line separators become `\u{…}`, a backslash two; after `limit` code points comes `…`.
package func printable(_ text: String, limit: Int = .max) -> String {
    if limit >= text.utf8.count, text.utf8.allSatisfy({ (0x20...0x7E).contains($0) && $0 != UInt8(ascii: "\\") }) {
        return text
    }
    var shown = String.UnicodeScalarView()
    for (index, scalar) in text.unicodeScalars.enumerated() {
        guard index < limit else {
            shown.append("…")
            break
        }
        switch scalar {
        case "\\": shown.append(contentsOf: "\\\\".unicodeScalars)
        case "\n": shown.append(contentsOf: "\\n".unicodeScalars)
        case "\r": shown.append(contentsOf: "\\r".unicodeScalars)
        case "\t": shown.append(contentsOf: "\\t".unicodeScalars)
        case _ where isUnprintable(scalar):
            shown.append(contentsOf: "\\u{\(String(scalar.value, radix: 16, uppercase: true))}".unicodeScalars)
        default: shown.append(scalar)
        }
    }
    return String(shown)
}

/// Lines of our own for a terminal, in which nothing foreign that was left as it came can move the cursor.
package func printableLines(_ text: String) -> String {
    guard text.unicodeScalars.contains(where: { $0 != "\n" && isUnprintable($0) }) else { return text }
    var shown = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
        if scalar != "\n", isUnprintable(scalar) {
            shown.append(contentsOf: "\\u{\(String(scalar.value, radix: 16, uppercase: true))}".unicodeScalars)
        } else {
            shown.append(scalar)
        }
    }
    return String(shown)
}

func isUnprintable(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse, .unassigned: true
    default: false
    }
}
