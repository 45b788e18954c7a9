import Glibc
import HTTPServer

extension HTTPServer {
    /// Opens the server's socket where the configuration says; `localhost` is this machine, whatever a resolver thinks.
    ///
    /// - Throws: `ListenError`, with the keys to change.
    static func listening(
        at place: ListenPlace,
        limits: HTTPServerLimits,
        log: @escaping @Sendable (HTTPServerEvent) -> Void,
        handler: HTTPHandler
    ) throws(ListenError) -> HTTPServer {
        func open(_ host: String) throws(HTTPServerError) -> HTTPServer {
            try HTTPServer(host: host, port: place.port, limits: limits, log: log, handler: handler)
        }
        do throws(HTTPServerError) {
            guard place.address == "localhost" else { return try open(place.address) }
            do throws(HTTPServerError) { return try open("127.0.0.1") } catch {
                // A machine without IPv4 has the other loopback only.
                guard error.isMissingAddress else { throw error }
                return try open("::1")
            }
        } catch {
            throw ListenError(error, at: place)
        }
    }
}

extension HTTPServerError {
    fileprivate var isMissingAddress: Bool {
        guard case .cannotListen(_, _, let number) = self else { return false }
        return number == EADDRNOTAVAIL || number == EAFNOSUPPORT
    }
}

extension ListenError {
    init(_ error: HTTPServerError, at place: ListenPlace) {
        self =
            switch error {
            case .invalidHost: .addressIsAName(place)
            case .cannotListen(_, _, EADDRINUSE): .portInUse(place)
            case .cannotListen(_, _, EACCES), .cannotListen(_, _, EPERM): .portIsReserved(place)
            case .cannotListen(_, _, EADDRNOTAVAIL), .cannotListen(_, _, EAFNOSUPPORT): .addressIsNotHere(place)
            case .cannotListen(_, _, let number): .failed(place, errno: number)
            case .tooFewDescriptors(let needed, let allowed): .tooFewDescriptors(needed: needed, allowed: allowed)
            case .libraryFailed, .hasRunAlready: .failed(place, errno: 0)  // `run` alone throws these
            }
    }
}
