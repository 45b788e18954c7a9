import MatrixCore
import YAML

extension Node {
    /// Whether both say the same, but for what stands at the end of the path.
    func isSame(as other: Node, butFor path: ArraySlice<String>?) -> Bool {
        switch (value, other.value) {
        case (.mapping(let mine), .mapping(let others)):
            let names = Set(mine.map(\.key)).union(others.map(\.key))
            return names.allSatisfy { name in
                let isOnPath = path?.first == name
                let rest = isOnPath ? path?.dropFirst() : nil
                if isOnPath, rest?.isEmpty ?? true { return true }
                guard let left = member(name) else { return false }
                guard let right = other.member(name) else { return isOnPath }
                return left.isSame(as: right, butFor: rest)
            }
        case (.mapping, .null): return path != nil
        case (.sequence(let mine), .sequence(let others)):
            return mine.count == others.count && zip(mine, others).allSatisfy { $0.isSame(as: $1, butFor: nil) }
        case (.string(let mine), .string(let others)): return equalByBytes(mine, others)
        case (.integer(let mine), .integer(let others)): return mine == others
        case (.double(let mine), .double(let others)): return mine == others || mine.isNaN && others.isNaN
        case (.bool(let mine), .bool(let others)): return mine == others
        case (.null, .null): return true
        default: return false
        }
    }
}
