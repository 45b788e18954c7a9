/// Comparing a text with what is filed under bytes of its own.
extension GlobIndex {
    /// Goes backwards once: the hash of the whole, of every end from a `:` or `.` on, and every run of four.
    func visitRuns(_ text: Span<UInt8>, _ visit: (Int) -> Visit) -> Bool {
        var hash = TailHash()
        var run: UInt32 = 0
        var visited = VisitedKeys()
        let hasRuns = counts[Int(Anchor.Kind.run4.rawValue)] > 0
        let hasTails = counts[Int(Anchor.Kind.tail.rawValue)] > 0
        for index in stride(from: text.count - 1, through: 0, by: -1) {
            let byte = folded(text[index], foldsASCIICase)
            hash.extend(with: byte)
            run = run << 8 | UInt32(byte)
            if hasTails, byte == UInt8(ascii: ":") || byte == UInt8(ascii: ".") {
                if visitKey(Anchor(.tail, hash.mixed).key, text, visit) { return true }
            }
            if hasRuns, index + 4 <= text.count {
                let key = Anchor(.run4, UInt64(run) | 4 << 32).key
                if mayHave(key), table[key] != 0, visited.insert(key), visitChain(table[key], text, visit) {
                    return true
                }
            }
        }
        return visitChain(table[Anchor(.whole, hash.mixed).key], text, visit)
    }

    /// The runs of one to three bytes, and the first and last three bytes.
    func visitShort(_ text: Span<UInt8>, _ visit: (Int) -> Visit) {
        guard shortCount > 0 else { return }
        var visited = VisitedKeys()
        let kinds: [(Anchor.Kind, Int)] = [(.run3, 3), (.run2, 2), (.run1, 1)]
        for (kind, length) in kinds where counts[Int(kind.rawValue)] > 0 && text.count >= length {
            for start in 0...(text.count - length) {
                let key = Anchor(kind, foldedPack(text, start, length)).key
                if mayHave(key), table[key] != 0, visited.insert(key), visitChain(table[key], text, visit) { return }
            }
        }
        for length in 1...3 where length <= text.count {
            if visitKey(Anchor(.start, foldedPack(text, 0, length)).key, text, visit) { return }
            if visitKey(Anchor(.end, foldedPack(text, text.count - length, length)).key, text, visit) { return }
        }
    }

    @inline(__always)
    private func foldedPack(_ text: Span<UInt8>, _ start: Int, _ count: Int) -> UInt64 {
        var number = UInt64(count) << 32
        for offset in 0..<count {
            number |= UInt64(folded(text[start + offset], foldsASCIICase)) << UInt64(8 * offset)
        }
        return number
    }

    @inline(__always)
    private func mayHave(_ key: UInt64) -> Bool {
        let bit = filterBit(key)
        return filter[bit >> 6] >> UInt64(bit & 63) & 1 == 1
    }

    private func visitKey(_ key: UInt64, _ text: Span<UInt8>, _ visit: (Int) -> Visit) -> Bool {
        mayHave(key) && visitChain(table[key], text, visit)
    }

    /// True where `visit` asked to stop.
    func visitChain(_ head: UInt32, _ text: Span<UInt8>, _ visit: (Int) -> Visit) -> Bool {
        var link = head
        while link != 0 {
            let number = Int(link) - 1
            let isMatch = store.withPattern(number) { globMatches($0, text, folds: foldsASCIICase) }
            if isMatch, visit(number) == .stop { return true }
            link = store.entries[number].next
        }
        return false
    }
}

/// Keys met in one text, so that a run that occurs twice is looked up once.
private struct VisitedKeys {
    private var few: [UInt64] = []
    private var many: Set<UInt64> = []

    mutating func insert(_ key: UInt64) -> Bool {
        if few.contains(key) { return false }
        guard few.count >= 16 else {
            few.append(key)
            return true
        }
        return many.insert(key).inserted
    }
}
