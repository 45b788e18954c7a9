import Glibc
import Synchronization

/// A TCP socket on the loopback interface; every call blocks its thread.
package struct LoopbackSocket: Sendable {
    package struct Failure: Error {
        package let number: Int32
    }

    package let descriptor: Int32

    package init(descriptor: Int32) { self.descriptor = descriptor }

    /// The listening socket and the free port it was given; `backlog` connections may wait to be accepted.
    package static func listening(backlog: Int32 = 256) throws -> (socket: LoopbackSocket, port: UInt16) {
        let socket = LoopbackSocket(descriptor: try newDescriptor())
        var address = loopback(port: 0)
        let port = unsafe withSockaddr(&address) { address, size -> in_port_t? in
            guard unsafe bind(socket.descriptor, address, size) == 0, listen(socket.descriptor, backlog) == 0 else {
                return nil
            }
            var size = size
            guard unsafe getsockname(socket.descriptor, address, &size) == 0 else { return nil }
            return unsafe UnsafeRawPointer(address).load(as: sockaddr_in.self).sin_port
        }
        guard let port else {
            socket.close()
            throw Failure(number: errno)
        }
        return (socket, UInt16(bigEndian: port))
    }

    /// A port for a program that binds it later.
    ///
    /// Below those that the system gives out by itself, and no two alike: else another test would have it by then.
    package static func freePort() throws -> UInt16 {
        while true {
            let number = lastPort.add(1, ordering: .relaxed).newValue
            let port = UInt16(12_000 + number % 18_000)
            let socket = LoopbackSocket(descriptor: try newDescriptor())
            defer { socket.close() }
            var address = loopback(port: port)
            let isFree = unsafe withSockaddr(&address) { unsafe bind(socket.descriptor, $0, $1) == 0 }
            if isFree { return port }
        }
    }

    private static let lastPort = Atomic<UInt>(UInt(getpid()) &* 97)

    package static func connected(to port: UInt16) throws -> LoopbackSocket {
        let socket = LoopbackSocket(descriptor: try newDescriptor())
        var address = loopback(port: port)
        guard unsafe withSockaddr(&address, { unsafe connect(socket.descriptor, $0, $1) }) == 0 else {
            defer { socket.close() }
            throw Failure(number: errno)
        }
        return socket
    }

    /// Begins to connect and does not wait for it.
    package static func connecting(to port: UInt16) throws -> LoopbackSocket {
        let socket = LoopbackSocket(descriptor: try newDescriptor(SOCK_NONBLOCK))
        var address = loopback(port: port)
        _ = unsafe withSockaddr(&address) { unsafe connect(socket.descriptor, $0, $1) }
        return socket
    }

    /// Nil once the socket has been shut down.
    package func accepted() -> LoopbackSocket? {
        let accepted = unlessInterrupted { accept(descriptor, nil, nil) }
        guard accepted >= 0 else { return nil }
        _ = fcntl(accepted, F_SETFD, FD_CLOEXEC)
        return LoopbackSocket(descriptor: accepted)
    }

    /// At least one byte; empty once the peer has closed.
    package func receive() -> [UInt8] {
        unsafe [UInt8](unsafeUninitializedCapacity: 65_536) { buffer, count in
            count = max(0, unlessInterrupted { unsafe recv(descriptor, buffer.baseAddress, buffer.count, 0) })
        }
    }

    /// Whether the peer took it.
    @discardableResult
    package func send(_ bytes: [UInt8]) -> Bool {
        var sent = 0
        while sent < bytes.count {
            let count = unsafe bytes.withUnsafeBytes { buffer in
                let rest = unsafe UnsafeRawBufferPointer(rebasing: buffer[sent...])
                return unlessInterrupted {
                    unsafe Glibc.send(descriptor, rest.baseAddress, rest.count, Int32(MSG_NOSIGNAL))
                }
            }
            guard count > 0 else { return false }
            sent += count
        }
        return true
    }

    /// Waits until one of the sockets has bytes or was closed, or time is over.
    ///
    /// - Returns: for each socket, whether it is worth reading.
    package static func poll(_ sockets: [LoopbackSocket], atMost limit: Duration?) -> [Bool] {
        var entries = sockets.map { pollfd(fd: $0.descriptor, events: Int16(POLLIN), revents: 0) }
        let milliseconds = limit.map { Int32($0 / .milliseconds(1)) + 1 } ?? -1
        _ = unlessInterrupted { unsafe Glibc.poll(&entries, nfds_t(entries.count), milliseconds) }
        return entries.map { $0.revents != 0 }
    }

    /// Makes `close` send a reset in place of an orderly end.
    package func resetAtClose() {
        var option = linger(l_onoff: 1, l_linger: 0)
        unsafe setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &option, socklen_t(MemoryLayout<linger>.size))
    }

    /// Ends the blocking calls of other threads too.
    package func shutDown() { shutdown(descriptor, Int32(SHUT_RDWR)) }

    package func close() { Glibc.close(descriptor) }

    private static func newDescriptor(_ options: __socket_type...) throws -> Int32 {
        let type = options.reduce(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue) { $0 | $1.rawValue }
        let descriptor = socket(AF_INET, Int32(type), 0)
        guard descriptor >= 0 else { throw Failure(number: errno) }
        var yes: Int32 = 1
        unsafe setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &yes, socklen_t(MemoryLayout<Int32>.size))
        return descriptor
    }

    private static func loopback(port: UInt16) -> sockaddr_in {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = in_addr_t(INADDR_LOOPBACK).bigEndian
        address.sin_port = port.bigEndian
        return address
    }

    @unsafe private static func withSockaddr<Result>(
        _ address: inout sockaddr_in,
        _ body: (UnsafeMutablePointer<sockaddr>, socklen_t) -> Result
    ) -> Result {
        unsafe withUnsafeMutablePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe body($0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
    }
}

/// Asked again where a signal came between.
private func unlessInterrupted<Count: SignedInteger>(_ call: () -> Count) -> Count {
    while true {
        let count = call()
        if count != -1 || errno != EINTR { return count }
    }
}
