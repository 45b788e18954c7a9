import HTTPClient
import JSON
import MatrixCore
import Observability
import Setup

/// One homeserver, asked with whatever token a call brings.
struct ServerClient: Sendable {
    let baseURL: String
    /// Known where the operator named it.
    let serverName: ServerName?
    let http: HTTPClient
    let userAgent: String
    let rehearsal: Rehearsal?
    /// Which token takes the place of which.
    var tokens: (any TokenSuccession)?

    /// Asks for something; `simulated` is the answer where the token stands for an account that was not made.
    func read(
        _ endpoint: Endpoint,
        as token: Secret? = nil,
        simulated: JSONValue = [:]
    ) async throws(ServerFailure) -> JSONValue {
        if rehearsal != nil, token == Rehearsal.token { return simulated }
        return try await exchange(endpoint, as: token).checked()
    }

    func read<Answer>(
        _ call: Call<Answer>,
        as token: Secret?,
        simulated answer: JSONValue = [:]
    ) async throws(ServerFailure) -> Answer {
        if rehearsal != nil, token == Rehearsal.token { return try simulated(call, answer) }
        return try await exchange(call.endpoint, as: token).read(call.promised, call.read)
    }

    /// What a call would give if this were its answer.
    func simulated<Answer>(_ call: Call<Answer>, _ answer: JSONValue) throws(ServerFailure) -> Answer {
        let bytes = answer.encoded()
        guard let answer = try? JSONReader().read(bytes.span), let value = call.read(answer) else {
            throw ServerFailure(name(call.endpoint), .incomplete(call.promised))
        }
        return value
    }

    /// Changes something; in a rehearsal it is only told.
    @discardableResult
    func write(
        _ endpoint: Endpoint,
        as token: Secret? = nil,
        simulated: JSONValue = [:]
    ) async throws(ServerFailure) -> JSONValue {
        if let rehearsal {
            rehearsal.note(preview(endpoint))
            return simulated
        }
        return try await exchange(endpoint, as: token).checked()
    }

    /// What failures call it.
    func name(_ endpoint: Endpoint) -> String {
        "\(endpoint.method.rawValue) \(endpoint.target.prefix { $0 != "?" })"
    }
}

extension ServerFailure.Reason {
    init(_ error: HTTPError) {
        switch error {
        case .nameResolutionFailed(let text): self = .unknownHost(text)
        // A peer that does not speak TLS keeps silent until time runs out.
        case .connectionFailed(let text) where text.contains("SSL"): self = .tls(text)
        case .connectionFailed(let text), .invalidRequest(let text): self = .nobodyThere(text)
        case .tls(let text): self = .tls(text)
        case .authoritiesUnreadable(let path):
            self = .tls("the certificate authorities in \(path) cannot be read: install ca-certificates")
        case .timedOut: self = .timedOut
        case .connectionLost(let text), .other(let text): self = .cutOff(text)
        case .malformedResponse(let text): self = .notMatrix(status: 0, text)
        case .headersTooLarge, .bodyTooLarge, .outOfMemory: self = .notMatrix(status: 0, "the answer is too large")
        case .cancelled, .shutDown: self = .cancelled
        }
    }
}
