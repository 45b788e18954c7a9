import Cryptography
import HTTPClient
import JSON
import MatrixCore
import Observability
import Setup

/// Making an account, by a shared secret or as anybody may.
extension ServerClient {
    /// - Source: Synapse, "Shared-Secret Registration"; Dendrite answers the same.
    func register(_ account: NewAccount, signedWith secret: Secret) async throws(ServerFailure) -> AccountSession {
        let path = Endpoint(.get, of: Self.adminAPI1, ["register"])
        guard let nonce = try await read(path)["nonce"]?.string else {
            throw ServerFailure(name(path), .incomplete("nonce"))
        }
        let password = account.password.reveal()
        let signed = [nonce, account.localpart, password, account.isAdmin ? "admin" : "notadmin"].joined(
            separator: "\0"
        )
        guard let mac = try? Digest.hmacSHA1(key: Array(secret.reveal().utf8), Array(signed.utf8).span) else {
            throw ServerFailure(name(path), .incomplete("a digest: no HMAC-SHA1 on this machine"))
        }
        let endpoint = Endpoint(
            .post,
            of: Self.adminAPI1,
            ["register"],
            body: [
                "nonce": .string(nonce), "username": .string(account.localpart), "password": .string(password),
                "admin": .boolean(account.isAdmin), "mac": .string(hexadecimal(mac)),
            ]
        )
        let session = try session(try await write(endpoint, simulated: simulatedSession(account)), endpoint)
        if let device = session.device {
            let naming = Endpoint(.put, ["devices", device], body: ["display_name": .string(account.deviceName)])
            _ = try? await write(naming, as: session.token)
        }
        return session
    }

    /// - Source: Matrix spec, Client-Server API, "User-Interactive Authentication API".
    func register(_ account: NewAccount, registrationToken: Secret?) async throws(ServerFailure) -> AccountSession {
        var body = JSONObject()
        body["username"] = .string(account.localpart)
        body["password"] = .string(account.password.reveal())
        body["initial_device_display_name"] = .string(account.deviceName)
        if let rehearsal {
            rehearsal.note(preview(Endpoint(.post, ["register"], body: .object(body))))
            return try session(simulatedSession(account), Endpoint(.post, ["register"]))
        }
        for _ in 0..<4 {
            let endpoint = Endpoint(.post, ["register"], body: .object(body))
            let exchange = try await exchange(endpoint, as: nil)
            guard exchange.status == 401, let json = exchange.json, json["flows"] != nil, json["errcode"] == nil else {
                return try session(try exchange.checked(), endpoint)
            }
            let stage = try nextStage(json, hasToken: registrationToken != nil, name(endpoint))
            var proof = JSONObject()
            proof["type"] = .string(stage)
            proof["session"] = json["session"]
            if stage == "m.login.registration_token" { proof["token"] = registrationToken.map { .string($0.reveal()) } }
            body["auth"] = .object(proof)
        }
        throw ServerFailure("POST /register", .incomplete("an end to its questions"))
    }

    private func nextStage(_ json: JSONValue, hasToken: Bool, _ request: String) throws(ServerFailure) -> String {
        let completed = (json["completed"]?.elements ?? []).compactMap(\.string)
        let possible: Set<String> = hasToken ? ["m.login.registration_token", "m.login.dummy"] : ["m.login.dummy"]
        let flows = (json["flows"]?.elements ?? []).map { ($0["stages"]?.elements ?? []).compactMap(\.string) }
        for flow in flows where flow.allSatisfy(possible.contains) {
            if let stage = flow.first(where: { !completed.contains($0) }) { return stage }
        }
        let asked = Set(flows.joined()).sorted().joined(separator: ", ")
        throw ServerFailure(
            request,
            .refused(status: 403, code: "M_FORBIDDEN", message: "registration asks for \(asked)")
        )
    }
}
