/// Under which bytes each pattern is filed.
extension GlobIndex {
    var shortCount: Int {
        ([.start, .end, .run3, .run2, .run1] as [Anchor.Kind]).reduce(0) { $0 + counts[Int($1.rawValue)] }
    }

    func bytes(_ pattern: String) -> [UInt8] {
        pattern.utf8.map { folded($0, foldsASCIICase) }
    }

    mutating func note(_ pattern: [UInt8], by change: Int) {
        for anchor in anchors(of: pattern.span) where anchor.kind == .run4 {
            let count = uses[anchor.key, default: 0] + change
            uses[anchor.key] = count == 0 ? nil : count
        }
    }

    mutating func file(_ pattern: [UInt8]) throws(PatternError) -> Int {
        let anchor = choose(for: pattern)
        if anchor.kind == .none, counts[Int(Anchor.Kind.none.rawValue)] >= maximumUnanchored {
            throw PatternError(
                pattern: String(decoding: pattern, as: UTF8.self),
                reason: "there are \(maximumUnanchored) patterns without a fixed character already"
            )
        }
        let number = store.add(pattern, anchor, next: head(anchor))
        link(number, anchor)
        if anchor.kind == .run4, loads[anchor.key, default: 0] > 8 { spread(anchor) }
        return number
    }

    /// The rarest run of four (`.org` would file half a list under one key); of shorter anchors the emptiest, then the
    /// longest.
    private func choose(for pattern: [UInt8]) -> Anchor {
        let found = anchors(of: pattern.span)
        guard let first = found.first, found.count > 1 else { return found.first ?? Anchor(.none, 0) }
        if first.kind == .run4 {
            return found.min { uses[$0.key, default: 0] < uses[$1.key, default: 0] } ?? first
        }
        return found.min { weight($0) < weight($1) } ?? first
    }

    private func weight(_ anchor: Anchor) -> Int {
        let rank =
            switch anchor.kind {
            case .run3: 0
            case .end: 1
            case .start: 2
            case .run2: 3
            case .whole, .tail, .run4, .run1, .none: 8
            }
        return loads[anchor.key, default: 0] + rank * 4
    }

    /// Files anew what has come to share one run, each under what is its rarest run by now.
    private mutating func spread(_ crowded: Anchor) {
        var link = table[crowded.key]
        while link != 0 {
            let number = Int(link) - 1
            link = store.entries[number].next
            let anchor = choose(for: store.pattern(number))
            guard anchor != crowded, uses[anchor.key, default: 0] < uses[crowded.key, default: 0] else { continue }
            unlink(number)
            store.refile(number, anchor, next: head(anchor))
            self.link(number, anchor)
        }
    }

    private func head(_ anchor: Anchor) -> UInt32 {
        anchor.kind == .none ? unanchored : table[anchor.key]
    }

    private mutating func link(_ number: Int, _ anchor: Anchor) {
        counts[Int(anchor.kind.rawValue)] += 1
        guard anchor.kind != .none else { return unanchored = UInt32(number) + 1 }
        table[anchor.key] = UInt32(number) + 1
        guard anchor.kind != .whole else { return }
        loads[anchor.key, default: 0] += 1
        setFilter(anchor.key)
        filterWrites += 1
        guard filterWrites > 1 << 16, filterWrites > loads.count * 2 else { return }
        // Bits of keys that went cannot be told apart from those of others.
        filter = Array(repeating: 0, count: filter.count)
        filterWrites = loads.count
        for key in loads.keys { setFilter(key) }
    }

    private mutating func setFilter(_ key: UInt64) {
        let bit = filterBit(key)
        filter[bit >> 6] |= 1 << UInt64(bit & 63)
    }

    mutating func unlink(_ number: Int) {
        let entry = store.entries[number]
        counts[Int(entry.kind.rawValue)] -= 1
        let head = entry.kind == .none ? unanchored : table[entry.key]
        if head == UInt32(number) + 1 {
            if entry.kind == .none { unanchored = entry.next } else { table[entry.key] = entry.next }
        } else {
            var before = Int(head) - 1
            while before >= 0, store.entries[before].next != UInt32(number) + 1 {
                before = Int(store.entries[before].next) - 1
            }
            if before >= 0 { store.setNext(before, entry.next) }
        }
        guard entry.kind != .none, let load = loads[entry.key] else { return }
        loads[entry.key] = load == 1 ? nil : load - 1
    }

    @inline(__always)
    func filterBit(_ key: UInt64) -> Int {
        Int(truncatingIfNeeded: (key &* 0xD6E8_FEB8_6659_FD93) >> 46)
    }
}
