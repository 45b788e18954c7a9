/// Does the same for every element, a few at a time; results come in the order of the elements.
///
/// Synapse computes on one core: more than eight requests at once only make each of them slower.
@discardableResult
func concurrently<Element: Sendable, Value: Sendable>(
    _ elements: some Sequence<Element>,
    width: Int = 8,
    _ operation: @escaping @Sendable (Element) async throws -> Value
) async throws -> [Value] {
    try await withThrowingTaskGroup(of: (Int, Value).self) { group in
        var results: [Int: Value] = [:]
        for (index, element) in elements.enumerated() {
            if index >= width, let (done, value) = try await group.next() { results[done] = value }
            group.addTask { (index, try await operation(element)) }
        }
        for try await (done, value) in group { results[done] = value }
        return results.sorted { $0.key < $1.key }.map(\.value)
    }
}
