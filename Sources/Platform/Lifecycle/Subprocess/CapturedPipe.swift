import Glibc

/// What comes out of a pipe, up to a limit.
struct CapturedPipe {
    /// Negative once the other end is closed; the owner closes this end.
    private(set) var descriptor: CInt
    private(set) var bytes: [UInt8] = []
    private let limit: Int

    init(_ descriptor: CInt, _ limit: Int) {
        self.descriptor = descriptor
        self.limit = limit
    }

    /// To be called where something is there to be read.
    mutating func read() {
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        let count = unsafe Glibc.read(descriptor, &buffer, buffer.count)
        if count > 0 {
            bytes += buffer.prefix(min(count, limit - bytes.count))
        } else if count == 0 || errno != EINTR {
            descriptor = -1
        }
    }

    /// Reads what is in the pipe; whoever still holds its other end is not waited for, nor heard for ever.
    mutating func drain() {
        for _ in 0..<32 where descriptor >= 0 {
            var state = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
            guard unsafe poll(&state, 1, 0) > 0 else { return }
            read()
        }
    }
}
