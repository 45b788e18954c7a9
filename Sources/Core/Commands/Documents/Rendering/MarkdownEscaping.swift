/// Text in which Markdown finds nothing: no emphasis, link, code or HTML, and no heading, list or quote at its start.
///
/// An underscore between letters is left alone, as Markdown does.
func escapedMarkdown(_ text: String, beginsLine: Bool) -> String {
    let special = "\\`*_[]<~#>-+.)".utf8
    guard text.utf8.contains(where: special.contains) else { return text }
    let scalars = Array(text.unicodeScalars)
    // Digits at the start of a line make a list with a dot or a bracket behind them.
    let numberEnd = scalars.firstIndex { !("0"..."9").contains($0) } ?? 0
    var result = ""
    for (index, scalar) in scalars.enumerated() {
        let needsBackslash =
            switch scalar {
            case "\\", "`", "*", "[", "]", "<", "~": true
            case "_": !(isWord(scalars, index - 1) && isWord(scalars, index + 1))
            case "#", ">", "-", "+": beginsLine && index == 0
            case ".", ")": beginsLine && index == numberEnd && index > 0
            default: false
            }
        if needsBackslash { result.unicodeScalars.append("\\") }
        result.unicodeScalars.append(scalar)
    }
    return result
}

private func isWord(_ scalars: [Unicode.Scalar], _ index: Int) -> Bool {
    guard scalars.indices.contains(index) else { return false }
    let properties = scalars[index].properties
    return properties.isAlphabetic || properties.numericType != nil
}
