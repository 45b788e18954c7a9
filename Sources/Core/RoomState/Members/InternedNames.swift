/// Names as numbers: every name once, in one arena of bytes, found by an open-addressed table.
///
/// Numbers are given out from 0 and never reused: a name stays for the life of the process. What is kept per name is 5
/// bytes beside its own, and 4 to 8 for the table.
struct InternedNames: Sendable {
    private var bytes: [UInt8] = []
    private var starts: [UInt32] = [0]
    /// Number + 1 at the name's place; 0 is free.
    private var table: [UInt32] = Array(repeating: 0, count: 64)
    /// Seeded per process, so that names cannot be made to collide on purpose.
    private let seed = UInt64.random(in: .min ... .max)

    var count: Int { starts.count - 1 }

    mutating func reserve(names: Int, bytes: Int) {
        self.bytes.reserveCapacity(bytes)
        starts.reserveCapacity(names + 1)
        var size = table.count
        while size < names * 2 { size *= 2 }
        if size > table.count { rehash(size: size) }
    }

    /// Makes room in the table at once for what is about to come.
    mutating func expect(_ more: Int) {
        var size = table.count
        while size < (count + more) * 2 { size *= 2 }
        if size > table.count { rehash(size: size) }
    }

    func find(_ name: Span<UInt8>) -> UInt32? {
        let found = table[slot(of: name)]
        return found == 0 ? nil : found - 1
    }

    /// The name's number, given out now where it is new.
    mutating func intern(_ name: Span<UInt8>) -> UInt32 {
        let slot = slot(of: name)
        if table[slot] != 0 { return table[slot] - 1 }
        unsafe name.withUnsafeBufferPointer { unsafe bytes.append(contentsOf: $0) }
        starts.append(UInt32(bytes.count))
        table[slot] = UInt32(count)
        if count * 2 > table.count { rehash(size: table.count * 2) }
        return UInt32(count - 1)
    }

    /// Lends the bytes of a name.
    func withName<Value>(_ number: UInt32, _ use: (Span<UInt8>) -> Value) -> Value {
        use(bytes.span.extracting(Int(starts[Int(number)])..<Int(starts[Int(number) + 1])))
    }

    func text(_ number: UInt32) -> String {
        String(decoding: bytes[Int(starts[Int(number)])..<Int(starts[Int(number) + 1])], as: UTF8.self)
    }

    /// Calls `visit` with every number and its bytes.
    func forEach(_ visit: (UInt32, Span<UInt8>) -> Void) {
        let all = bytes.span
        for number in 0..<count { visit(UInt32(number), all.extracting(Int(starts[number])..<Int(starts[number + 1]))) }
    }

    private func slot(of name: Span<UInt8>) -> Int {
        let mask = table.count - 1
        var slot = Int(truncatingIfNeeded: hash(name)) & mask
        let all = bytes.span
        while table[slot] != 0 {
            let number = Int(table[slot]) - 1
            let start = Int(starts[number])
            let end = Int(starts[number + 1])
            if end - start == name.count, isEqual(all, start, name) { return slot }
            slot = (slot + 1) & mask
        }
        return slot
    }

    /// Eight bytes at a time, the last eight overlapping those before.
    @inline(__always)
    private func isEqual(_ all: Span<UInt8>, _ start: Int, _ name: Span<UInt8>) -> Bool {
        unsafe all.withUnsafeBytes { all in
            unsafe name.withUnsafeBytes { name in
                let count = name.count
                guard count >= 8 else { return unsafe all[start..<start + count].elementsEqual(name) }
                var offset = 0
                while true {
                    let mine = unsafe all.loadUnaligned(fromByteOffset: start + offset, as: UInt64.self)
                    let theirs = unsafe name.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
                    if mine != theirs { return false }
                    if offset == count - 8 { return true }
                    offset = min(offset + 8, count - 8)
                }
            }
        }
    }

    private mutating func rehash(size: Int) {
        table = Array(repeating: 0, count: size)
        let mask = size - 1
        for number in 0..<count {
            var slot = withName(UInt32(number)) { Int(truncatingIfNeeded: hash($0)) & mask }
            while table[slot] != 0 { slot = (slot + 1) & mask }
            table[slot] = UInt32(number + 1)
        }
    }

    /// Eight bytes at a time, each folded in by a full-width multiplication.
    private func hash(_ name: Span<UInt8>) -> UInt64 {
        var hash = seed ^ UInt64(name.count)
        guard name.count >= 8 else {
            for index in name.indices { hash = mixed(hash ^ UInt64(name[index])) }
            return hash
        }
        return unsafe name.withUnsafeBytes { bytes in
            var offset = 0
            while true {
                let word = unsafe bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
                hash = mixed(hash ^ word)
                if offset == bytes.count - 8 { return hash }
                offset = min(offset + 8, bytes.count - 8)
            }
        }
    }

    @inline(__always)
    private func mixed(_ value: UInt64) -> UInt64 {
        let (high, low) = value.multipliedFullWidth(by: 0x9E37_79B9_7F4A_7C15)
        return high ^ low
    }
}
