/// Text that may come from anyone, with what could mislead a reader made visible.
///
/// Controls and the marks that turn the direction of writing become U+FFFD; line ends become blanks, or one inside a
/// preformatted block.
func neutralised(_ text: String, keepsLines: Bool = false) -> String {
    let isHarmless = text.utf8.allSatisfy { $0 >= 0x20 && $0 < 0x7F }
    if isHarmless { return text }
    var result = ""
    var lastWasReturn = false
    for scalar in text.unicodeScalars {
        defer { lastWasReturn = scalar == "\r" }
        switch scalar {
        case "\n" where lastWasReturn: continue
        case "\n", "\r", "\u{85}", "\u{2028}", "\u{2029}": result.unicodeScalars.append(keepsLines ? "\n" : " ")
        case "\t": result.unicodeScalars.append(keepsLines ? "\t" : " ")
        case "\0"..."\u{1F}", "\u{7F}"..."\u{9F}", "\u{202A}"..."\u{202E}", "\u{2066}"..."\u{2069}":
            result.unicodeScalars.append("\u{FFFD}")
        default: result.unicodeScalars.append(scalar)
        }
    }
    return result
}
