import CJSON

/// What one scan found.
///
/// Only ever lent, so that it cannot outlive the body.
@safe package struct Scan: ~Copyable {
    private let result: json_result
    private let body: UnsafePointer<CChar>
    private let fieldCounts: [Int]
    /// Salvage only: from here on nothing was found.
    package let lostFrom: Int?

    init(_ result: json_result, body: UnsafePointer<CChar>, fieldCounts: [Int], lostFrom: Int? = nil) {
        unsafe self.result = result
        unsafe self.body = body
        self.fieldCounts = fieldCounts
        self.lostFrom = lostFrom
    }

    /// The number of elements.
    package var count: Int { unsafe result.element_count }

    /// Calls `body` with every element, in the order of the text.
    package borrowing func forEach<Failure: Error>(
        _ body: (borrowing ScannedElement) throws(Failure) -> Void
    ) throws(Failure) {
        for index in 0..<count { try withElement(index, body) }
    }

    /// Lends one element by its number in the order of the text.
    package borrowing func withElement<Value, Failure: Error>(
        _ index: Int,
        _ body: (borrowing ScannedElement) throws(Failure) -> Value
    ) throws(Failure) -> Value {
        precondition(index >= 0 && index < count, "no such element")
        let element = unsafe result.elements[index]
        let slots = unsafe result.slots + Int(element.first_slot)
        let texts = unsafe ScannedTexts(body: self.body, decoded: result.decoded)
        return try unsafe body(
            ScannedElement(element, slots: slots, fieldCount: fieldCounts[Int(element.path)], texts: texts)
        )
    }

    /// The bytes of the body in that range, which an `object` or `any` field or an element gave.
    package borrowing func bytes(_ range: Range<Int>) -> [UInt8] {
        unsafe UnsafeRawBufferPointer(start: body + range.lowerBound, count: range.count).map { $0 }
    }

    /// The paths that ended early, at a null or at a value of the wrong type; absent members are not told.
    package var gaps: [ScanGap] {
        unsafe UnsafeBufferPointer(start: result.gaps, count: result.gap_count).map { gap in
            ScanGap(
                path: Int(gap.path),
                offset: Int(gap.offset),
                keys: keys(from: gap.key),
                isNull: gap.state == UInt8(json_state_null.rawValue)
            )
        }
    }

    /// How many keys the wildcards met; `key(_:)` takes their numbers.
    package var keyCount: Int { unsafe result.key_count }

    /// The key with that number, or nil where it is no sound text.
    package func key(_ number: Int) -> String? {
        guard (0..<keyCount).contains(number) else { return nil }
        return unsafe ScannedTexts(body: body, decoded: result.decoded).string(result.keys[number].text)
    }

    /// The keys that wildcards met on the way to an element, the outermost first.
    package func keys(of element: borrowing ScannedElement) -> [String] {
        keys(from: UInt32(truncatingIfNeeded: element.keyNumber ?? -1))
    }

    private func keys(from innermost: UInt32) -> [String] {
        var keys: [String] = []
        var number = innermost
        while number != .max, Int(number) < keyCount {
            keys.append(key(Int(number)) ?? "")
            number = unsafe result.keys[Int(number)].parent
        }
        return keys.reversed()
    }
}

/// A path that could not be followed to its end.
package struct ScanGap: Sendable, Equatable {
    /// Its number in the plan.
    package let path: Int
    package let offset: Int
    package let keys: [String]
    package let isNull: Bool
}
