import Glibc

/// A TCP socket on the loopback interface; every call blocks its thread.
struct Socket: Sendable {
    private let descriptor: Int32

    /// The listening socket and the free port it was given; `backlog` connections may wait to be accepted.
    static func listening(backlog: Int32 = 64) throws -> (socket: Socket, port: UInt16) {
        let socket = Socket(descriptor: try descriptor())
        var address = loopback(port: 0)
        let port = unsafe withSockaddr(&address) { address, size -> in_port_t? in
            guard unsafe bind(socket.descriptor, address, size) == 0, listen(socket.descriptor, backlog) == 0 else {
                return nil
            }
            var size = size
            guard unsafe getsockname(socket.descriptor, address, &size) == 0 else { return nil }
            return unsafe UnsafeRawPointer(address).load(as: sockaddr_in.self).sin_port
        }
        guard let port else { throw SocketError(number: errno) }
        return (socket, UInt16(bigEndian: port))
    }

    /// Begins to connect and does not wait for it.
    static func connecting(to port: UInt16) throws -> Socket {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue), 0)
        guard descriptor >= 0 else { throw SocketError(number: errno) }
        var address = loopback(port: port)
        _ = unsafe withSockaddr(&address) { unsafe connect(descriptor, $0, $1) }
        return Socket(descriptor: descriptor)
    }

    /// Nil once the socket has been closed.
    func accepted() -> Socket? {
        let accepted = accept(descriptor, nil, nil)
        return accepted < 0 ? nil : Socket(descriptor: accepted)
    }

    /// What has come, at least one byte; empty once the peer has closed.
    func receive() -> [UInt8] {
        unsafe [UInt8](unsafeUninitializedCapacity: 65_536) { buffer, count in
            count = unsafe max(0, recv(descriptor, buffer.baseAddress, buffer.count, 0))
        }
    }

    /// Stops without a word when the peer has closed.
    func send(_ bytes: [UInt8]) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = unsafe rest.withUnsafeBytes { buffer in
                unsafe Glibc.send(descriptor, buffer.baseAddress, buffer.count, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { return }
            rest = rest.dropFirst(count)
        }
    }

    /// Ends the blocking calls of other threads too.
    func shutDown() {
        shutdown(descriptor, Int32(SHUT_RDWR))
    }

    func close() {
        Glibc.close(descriptor)
    }

    private static func descriptor() throws -> Int32 {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        guard descriptor >= 0 else { throw SocketError(number: errno) }
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

struct SocketError: Error {
    let number: Int32
}
