import Foundation
import HTTPClient
import MatrixClient
import Setup
import Testing

/// A server's name leads to the URL that clients connect to.
@Suite(.timeLimit(.minutes(1)))
struct WellKnownTests {
    @Test(
        arguments: [
            (#"{"m.homeserver": {"base_url": "https://matrix.a.org/"}}"#, "https://matrix.a.org/"), ("<html>", nil),
        ] as [(String, String?)]
    )
    func `is read over TLS`(_ body: String, url: String?) async throws {
        let site = try TLSSite(wellKnown: body)
        defer { site.stop() }
        #expect(try await homeservers(site).clientURL(of: "localhost:\(site.port)") == url)
    }

    @Test(arguments: ["{}", #"{"m.homeserver": "x"}"#, #"{"m.homeserver": {"base_url": 5}}"#])
    func `without a URL is told as what it is`(_ body: String) async throws {
        let site = try TLSSite(wellKnown: body)
        defer { site.stop() }
        let failure = await #expect(throws: ServerFailure.self) {
            try await homeservers(site).clientURL(of: "localhost:\(site.port)")
        }
        #expect(failure?.reason == .incomplete("m.homeserver.base_url"))
    }

    @Test func `a certificate that nobody vouches for is told as TLS`() async throws {
        let site = try TLSSite(wellKnown: "{}")
        defer { site.stop() }
        let strict = HTTPHomeservers(http: try HTTPClient(), version: "1")
        let failure = await #expect(throws: ServerFailure.self) {
            try await strict.clientURL(of: "localhost:\(site.port)")
        }
        guard case .tls = failure?.reason else {
            Issue.record("\(String(describing: failure))")
            return
        }
    }

    private func homeservers(_ site: TLSSite) throws -> HTTPHomeservers {
        var configuration = HTTPClient.Configuration()
        configuration.authorities = .file(site.certificate)
        return HTTPHomeservers(http: try HTTPClient(configuration: configuration), version: "1")
    }
}

/// OpenSSL's test server with one file and a certificate of its own.
private final class TLSSite {
    let port: UInt16
    let certificate: String
    private let folder: String
    private let process = Process()

    struct NotStarted: Error { let output: String }

    init(wellKnown: String) throws {
        folder = FileManager.default.temporaryDirectory.path + "/well-known-tests-\(UUID().uuidString)"
        certificate = folder + "/certificate.pem"
        try FileManager.default.createDirectory(
            atPath: folder + "/.well-known/matrix",
            withIntermediateDirectories: true
        )
        try Data(wellKnown.utf8).write(to: URL(fileURLWithPath: folder + "/.well-known/matrix/client"))
        let maker = Process()
        maker.executableURL = URL(fileURLWithPath: "/usr/bin/openssl")
        maker.arguments =
            ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2"]
            + ["-subj", "/CN=throw-away", "-addext", "subjectAltName=DNS:localhost"]
            + ["-keyout", folder + "/key.pem", "-out", certificate]
        maker.standardError = FileHandle.nullDevice
        try maker.run()
        maker.waitUntilExit()
        let pipe = Pipe()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/openssl")
        process.arguments = [
            "s_server", "-accept", "127.0.0.1:0", "-WWW", "-cert", certificate, "-key", folder + "/key.pem",
        ]
        process.currentDirectoryURL = URL(fileURLWithPath: folder)
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = pipe
        process.standardError = FileHandle.nullDevice
        try process.run()
        var output = ""
        while !output.contains("ACCEPT 127.0.0.1:") || !output.hasSuffix("\n") {
            let data = pipe.fileHandleForReading.availableData
            if data.isEmpty { throw NotStarted(output: output) }
            output += String(decoding: data, as: UTF8.self)
        }
        let digits = output.components(separatedBy: "ACCEPT 127.0.0.1:").last?.prefix(while: \.isNumber)
        guard let port = digits.flatMap({ UInt16($0) }) else { throw NotStarted(output: output) }
        self.port = port
        pipe.fileHandleForReading.readabilityHandler = { _ = $0.availableData }
    }

    func stop() {
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
        try? FileManager.default.removeItem(atPath: folder)
    }
}
