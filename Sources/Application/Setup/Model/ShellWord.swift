/// A line to be typed: what answers at a URL.
func probeLine(_ url: String) -> String { "    curl -i \(shellWord(url))" }

/// As one word of a shell's command line, on one line.
package func shellWord(_ text: String) -> String {
    let isPlain = text.utf8.allSatisfy { byte in
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "+")...UInt8(ascii: ":"), UInt8(ascii: "_"), UInt8(ascii: "="), UInt8(ascii: "@"):
            true
        default: false
        }
    }
    guard !isPlain || text.isEmpty else { return text }
    var word = "'"
    // By scalars: a quote with an accent on it is another character, and still a quote to a shell.
    for scalar in text.unicodeScalars {
        switch scalar {
        case "'": word += "'\\''"
        case "\n": word += "'$'\\n''"
        case "\r": word += "'$'\\r''"
        default: word.unicodeScalars.append(scalar)
        }
    }
    return word + "'"
}
