/// The name that was probably meant, or nil where none is near: about one slip in four letters, case aside.
func nearest(to word: String, among names: [String]) -> String? {
    let wanted = Array(word.lowercased().utf8)
    guard (1...64).contains(wanted.count) else { return nil }
    let allowed = max(1, wanted.count / 4)
    var best: (name: String, distance: Int)?
    for name in names where abs(name.utf8.count - wanted.count) <= allowed {
        let distance = editDistance(wanted, Array(name.lowercased().utf8))
        if distance <= allowed, distance < best?.distance ?? .max { best = (name, distance) }
    }
    return best?.name
}

/// Insertions, deletions, substitutions and swaps of neighbours that lead from one word to the other.
private func editDistance(_ left: [UInt8], _ right: [UInt8]) -> Int {
    var before: [Int] = []
    var last = Array(0...right.count)
    for row in left.indices {
        var next = [row + 1]
        for column in right.indices {
            let substituted = last[column] + (left[row] == right[column] ? 0 : 1)
            var best = min(substituted, last[column + 1] + 1, next[column] + 1)
            if row > 0, column > 0, left[row] == right[column - 1], left[row - 1] == right[column] {
                best = min(best, before[column - 1] + 1)
            }
            next.append(best)
        }
        (before, last) = (last, next)
    }
    return last[right.count]
}
