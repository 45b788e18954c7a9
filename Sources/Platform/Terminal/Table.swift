/// Rows in columns, each as wide as its widest cell; the last column is wrapped to the width, unless it begins with four
/// blanks.
package struct Table: Sendable {
    private var rows: [[String]] = []

    package init() {}

    package mutating func add(_ cells: String...) { rows.append(cells) }

    /// `width` is in columns of the terminal.
    package func text(width: Int = 100) -> String {
        let columns = rows.map(\.count).max() ?? 0
        let widths = (0..<columns).map { column in
            rows.compactMap { $0.indices.contains(column) ? $0[column].unicodeScalars.count : nil }.max() ?? 0
        }
        let indent = widths.dropLast().reduce(0) { $0 + $1 + 2 }
        return rows.map { row in
            var line = ""
            for (column, cell) in row.enumerated() {
                if column == row.count - 1 {
                    line += wrapped(cell, indent: indent, width: width)
                } else {
                    line += cell + String(repeating: " ", count: widths[column] - cell.unicodeScalars.count + 2)
                }
            }
            return line + "\n"
        }.joined()
    }

    private func wrapped(_ text: String, indent: Int, width: Int) -> String {
        // To be typed as it stands: a break would change it.
        guard !text.hasPrefix("    ") else { return text }
        let room = max(20, width - indent)
        var lines: [String] = []
        var line = ""
        for word in text.split(separator: " ", omittingEmptySubsequences: false) {
            if !line.isEmpty, line.unicodeScalars.count + 1 + word.unicodeScalars.count > room {
                lines.append(line)
                line = String(word)
            } else {
                line += line.isEmpty ? String(word) : " " + word
            }
        }
        lines.append(line)
        return lines.joined(separator: "\n" + String(repeating: " ", count: indent))
    }
}
