import MatrixCore

/// One word of a command: what it says, and how it was typed.
///
/// It has no type. `007` is a number to a parameter that wants one and stays `007` in a reason.
package struct Token: Sendable {
    /// What it says: the source without its quotes and escapes.
    package let text: String
    /// Exactly what was typed, as a part of the whole command.
    package let source: Substring
    /// Quoted words are never command words or options.
    package let isQuoted: Bool

    package init(_ text: String, source: Substring? = nil, isQuoted: Bool = false) {
        self.text = text
        self.source = source ?? text[...]
        self.isQuoted = isQuoted
    }

    /// The text as it must be typed to be read as one word again.
    ///
    /// Quoted text cannot end in a backslash; where quotes are needed, a blank is put behind it.
    package static func quoting(_ text: String) -> String {
        let read = CommandText(text[...]).tokens
        let startsOption = text.unicodeScalars.first.map { "-:\u{2013}\u{2014}".unicodeScalars.contains($0) } ?? false
        if read.count == 1, !startsOption, equalByBytes(String(read[0].source), text), equalByBytes(read[0].text, text)
        {
            return text
        }
        var quoted = "\""
        for scalar in text.unicodeScalars {
            if scalar == "\"" { quoted.unicodeScalars.append("\\") }
            quoted.unicodeScalars.append(scalar)
        }
        return quoted + (text.utf8.last == UInt8(ascii: "\\") ? " \"" : "\"")
    }
}
