import CommandGrammar
import Commands
import MatrixCore
import TestSupport

extension SeededNumbers {
    mutating func text() -> String {
        let pieces = [
            "word ", "<&>", "`", "``` ", "*_[](#", "名前 ", "👩‍👩‍👧", "\u{202E}", "\u{0}", "\\\"", "a", "\n", "1. ", "- ",
        ]
        let length = below(60) == 0 ? below(1_000) : below(6)
        return (0..<length).map { _ in pieces[below(pieces.count)] }.joined()
    }

    mutating func phrase(depth: Int = 2) -> Phrase {
        Phrase(
            (0..<(1 + below(3))).map { _ in
                switch depth == 0 ? below(2) : below(8) {
                case 0, 2: .text(text())
                case 1: .code(text())
                case 3: .bold(phrase(depth: depth - 1))
                case 4: .link(phrase(depth: depth - 1), to: "https://example.org/(x)")
                case 5: .coloured(phrase(depth: depth - 1), .bad)
                case 6: .lineBreak
                default: .italic(phrase(depth: depth - 1))
                }
            }
        )
    }

    mutating func block(depth: Int) -> Block {
        switch depth == 0 ? below(3) : below(6) {
        case 0: return .heading(phrase(), level: 1 + below(6))
        case 1: return .paragraph(phrase())
        case 2: return .preformatted(text())
        case 3: return .details(phrase(), blocks: blocks(depth: depth - 1))
        case 4:
            let items = (0..<below(7)).map { _ in blocks(depth: depth - 1) }
            return .list(Block.List(items: items))
        default:
            let items = (0..<below(7)).map { _ in blocks(depth: depth - 1) }
            return .list(Block.List(.numbers(from: 1), items: items))
        }
    }

    mutating func blocks(depth: Int) -> [Block] { (0..<below(4)).map { _ in block(depth: depth) } }
}

extension Document {
    /// All text, in order, without what only paging adds.
    var allText: String { blocks.map(\.allText).joined() }
}

extension Block {
    fileprivate var allText: String {
        switch self {
        case .heading(let phrase, _), .paragraph(let phrase): phrase.allText
        case .preformatted(let text): text
        case .list(let list): list.items.flatMap(\.self).map(\.allText).joined()
        case .details(let summary, let blocks):
            (summary.inlines.last == .text(" (continued)") ? "" : summary.allText) + blocks.map(\.allText).joined()
        case .rule: "---"
        }
    }
}

extension Phrase {
    fileprivate var allText: String {
        inlines.map { inline in
            switch inline {
            case .text(let text), .code(let text): text
            case .bold(let phrase), .italic(let phrase), .coloured(let phrase, _), .link(let phrase, _): phrase.allText
            case .user(let user, _): user.rawValue
            case .room(let room, _): room.text
            case .event(let event, _): event.event.rawValue
            case .lineBreak: "\n"
            }
        }.joined()
    }
}
