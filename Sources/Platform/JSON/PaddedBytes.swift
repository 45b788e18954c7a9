/// A received body that stays where it is: its bytes, and `JSONScanner.padding` readable zero bytes behind them.
///
/// The port through which a body comes in from whatever received it, so that it is scanned without a copy.
package protocol PaddedBytes: AnyObject, Sendable {
    /// How many bytes the body has, the padding not counted.
    var count: Int { get }

    /// Lends the body and its padding.
    func withPaddedBytes<Value, Failure: Error>(
        _ read: (RawSpan) throws(Failure) -> Value
    ) throws(Failure) -> Value
}

/// Bytes of our own as a received body: for tests, and for what did not come over HTTP.
///
/// `@unchecked Sendable`: the bytes are written once, before anybody else can see them.
@safe package final class OwnedPaddedBytes: PaddedBytes, @unchecked Sendable {
    package let count: Int
    private let storage: UnsafeMutableRawBufferPointer

    package init(_ bytes: [UInt8]) {
        count = bytes.count
        unsafe storage = .allocate(byteCount: bytes.count + JSONScanner.padding, alignment: 64)
        unsafe storage.copyBytes(from: bytes)
        unsafe UnsafeMutableRawBufferPointer(rebasing: storage[bytes.count...])
            .initializeMemory(as: UInt8.self, repeating: 0)
    }

    package convenience init(_ text: String) { self.init(Array(text.utf8)) }

    deinit { unsafe storage.deallocate() }

    package func withPaddedBytes<Value, Failure: Error>(
        _ read: (RawSpan) throws(Failure) -> Value
    ) throws(Failure) -> Value {
        try unsafe read(UnsafeRawBufferPointer(storage).bytes)
    }
}
