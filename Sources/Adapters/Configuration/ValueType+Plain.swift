import CommandGrammar
import Observability
import YAML

extension ValueType {
    /// One of a few words, written exactly so.
    static func choice(_ words: KeyValuePairs<String, Value>) -> ValueType where Value: Equatable {
        let table = words.map { (word: $0.key, value: $0.value) }
        let names = table.map(\.word)
        let name = "\(names.dropLast().joined(separator: ", ")) or \(names.last ?? "")"
        return ValueType(
            name,
            show: { value in table.first { $0.value == value }?.word ?? "" },
            remedy: { value in
                guard case .string(let text) = value, let word = closest(to: text, among: names).first else {
                    return nil
                }
                return "did you mean \(word)?"
            },
            parse: { value in
                guard case .string(let text) = value else { return nil }
                return table.first { equalByBytes($0.word, text) }?.value
            }
        )
    }

    private static func equalByBytes(_ left: String, _ right: String) -> Bool { left.utf8.elementsEqual(right.utf8) }
}

extension ValueType<Bool> {
    static let flag = ValueType(
        "true or false",
        show: { "\($0)" },
        remedy: { value in
            guard case .string(let text) = value else { return nil }
            switch text.lowercased() {
            case "yes", "on", "y", "true": return "write true, without quotes"
            case "no", "off", "n", "false": return "write false, without quotes"
            default: return nil
            }
        },
        parse: { if case .bool(let flag) = $0 { flag } else { nil } }
    )
}

extension ValueType<Int> {
    static func integer(_ range: ClosedRange<Int>, of unit: String = "") -> ValueType {
        ValueType(
            "a whole number\(unit.isEmpty ? "" : " of \(unit)") from \(range.lowerBound) to \(range.upperBound)",
            show: { "\($0)" },
            remedy: { value in
                guard case .string(let text) = value, Int(text) != nil else { return nil }
                return "write it without quotes"
            },
            parse: { value in
                let number: Int? =
                    switch value {
                    case .integer(let number): Int(exactly: number)
                    case .double(let number): Int(exactly: number)  // 8080.0 is 8080 to the original
                    case .null, .bool, .string, .sequence, .mapping: nil
                    }
                return number.flatMap { range.contains($0) ? $0 : nil }
            }
        )
    }
}

extension ValueType<UInt16> {
    static let port = ValueType<Int>.integer(1...65_535).map({ UInt16(clamping: $0) }, back: { Int($0) })
}

extension ValueType<Double> {
    static let fraction = ValueType(
        "a number from 0 to 1",
        show: { "\($0)" },
        parse: { value in
            let number: Double? =
                switch value {
                case .integer(let number): Double(number)
                case .double(let number): number
                case .null, .bool, .string, .sequence, .mapping: nil
                }
            return number.flatMap { (0...1).contains($0) ? $0 : nil }
        }
    )
}

extension ValueType<String> {
    /// Any text, also none.
    static let text = text("a text") { _ in true }
    static let filledText = text("a text that is not empty") { !$0.isEmpty }
    /// A word that a command can begin with: not empty, without blanks.
    static let word = text("a word without blanks") { text in
        !text.isEmpty && !text.unicodeScalars.contains { $0.properties.isWhitespace || $0.value == 0 }
    }
    static let path = text("the path of a directory") { !$0.isEmpty && !$0.utf8.contains(0) }

    static func text(_ name: String, where isRight: @escaping @Sendable (String) -> Bool) -> ValueType {
        ValueType(
            name,
            show: { quoted($0) },
            remedy: quotesRemedy,
            parse: { value in
                guard case .string(let text) = value, isRight(text) else { return nil }
                return text
            }
        )
    }
}

extension ValueType<Secret> {
    static let secret = ValueType(
        "a text",
        show: { $0.description },
        remedy: quotesRemedy,
        parse: { if case .string(let text) = $0 { Secret(text) } else { nil } }
    )
}

/// To YAML, `1312` is a number and `true` is no word.
@Sendable private func quotesRemedy(_ value: Node.Value) -> String? {
    switch value {
    case .bool, .integer, .double: "put it in quotes"
    case .null, .string, .sequence, .mapping: nil
    }
}

extension ValueType {
    /// A list in which every element that is wrong is told by itself.
    static func list<Element: Sendable>(of element: ValueType<Element>, _ plural: String) -> ValueType
    where Value == [Element] {
        ValueType("a list of \(plural)", show: { "[\($0.map(element.show).joined(separator: ", "))]" }) {
            node,
            findings in
            guard case .sequence(let nodes) = node.value else {
                let remedy: String? =
                    switch node.value {
                    case .string, .bool, .integer, .double: "write it as [ … ], even where there is one only"
                    case .null, .sequence, .mapping: nil
                    }
                let found = described(node.value)
                findings.problem(node.path, node.position, "expected a list of \(plural), found \(found)", remedy)
                return nil
            }
            let values = nodes.map { element.read($0, &findings) }
            return values.contains { $0 == nil } ? nil : values.compactMap(\.self)
        }
    }
}
