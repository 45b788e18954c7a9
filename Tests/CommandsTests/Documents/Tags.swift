/// The tags of HTML that are opened and not closed, or closed and not opened.
func unbalancedTags(in html: String) -> [String] {
    var open: [String] = []
    var wrong: [String] = []
    for part in html.split(separator: "<", omittingEmptySubsequences: false).dropFirst() {
        let tag = part.prefix { $0 != ">" }
        guard tag.count < part.count else { return ["<\(part)"] }
        if tag.hasSuffix("/") { continue }
        let name = String(tag.prefix { $0 != " " })
        if !name.hasPrefix("/") {
            open.append(name)
        } else if open.last == String(name.dropFirst()) {
            open.removeLast()
        } else {
            wrong.append(name)
        }
    }
    return wrong + open
}
