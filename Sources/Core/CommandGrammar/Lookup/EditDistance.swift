import MatrixCore

/// How many letters must be changed, added, dropped or swapped with their neighbour to make one word of the other.
func editDistance(_ left: String, _ right: String) -> Int {
    let left = Array(left.unicodeScalars.prefix(longestComparedWord))
    let right = Array(right.unicodeScalars.prefix(longestComparedWord))
    var beforeLast: [Int] = []
    var last = Array(0...right.count)
    for row in left.indices {
        var current = [row + 1]
        for column in right.indices {
            let isSame = left[row] == right[column]
            var best = min(last[column] + (isSame ? 0 : 1), last[column + 1] + 1, current[column] + 1)
            if row > 0, column > 0, left[row] == right[column - 1], left[row - 1] == right[column] {
                best = min(best, beforeLast[column - 1] + 1)
            }
            current.append(best)
        }
        (beforeLast, last) = (last, current)
    }
    return last[right.count]
}

/// No command or option is longer; what is typed may be.
private let longestComparedWord = 64

/// The candidates that someone who typed `typed` may have meant, likeliest first; at most three.
package func closest(to typed: String, among candidates: [String]) -> [String] {
    let typed = typed.foldedASCII
    let scored = candidates.compactMap { candidate -> (distance: Int, candidate: String)? in
        let folded = candidate.foldedASCII
        let distance = editDistance(typed, folded)
        // A third of the letters: with more, every short word is like every other. It is a guess.
        let limit = max(1, min(typed.unicodeScalars.count, folded.unicodeScalars.count) / 3)
        if distance <= limit { return (distance, candidate) }
        let isBeginning = typed.utf8.count >= 3 && folded.utf8.starts(with: typed.utf8)
        return isBeginning ? (limit + 1, candidate) : nil
    }
    return scored.sorted { ($0.distance, $0.candidate) < ($1.distance, $1.candidate) }.prefix(3).map(\.candidate)
}
