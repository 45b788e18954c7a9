import Cryptography
import JSON
import TestSupport

/// Making accounts.
extension RecordedDendrite.State {
    mutating func nonce() throws -> [UInt8] {
        let nonce = "Nonce\(nonces.count)xxxxxxxxxx"
        if !options.forgetsNonces { nonces.insert(nonce) }
        return try recorded("registration", "register bot (right mac): nonce", [("nonce", .string(nonce))])
    }

    mutating func register(_ body: JSONValue) throws -> [UInt8] {
        let recording = try Recording.named("register bot (right mac)", in: "dendrite", "registration.json")
        let fields = Set(body.members.map(\.name))
        if fields != recording.requestFields { violations.append("registration with \(fields.sorted())") }
        let nonce = body["nonce"]?.string ?? ""
        guard nonces.contains(nonce) else { return try recorded("registration", "nonce never given out") }
        let name = body["username"]?.string ?? ""
        let password = body["password"]?.string ?? ""
        let isAdmin = body["admin"] == true
        let signed = [nonce, name, password, isAdmin ? "admin" : "notadmin"].joined(separator: "\0")
        let mac = try Digest.hmacSHA1(key: Array(RecordedDendrite.secret.utf8), Array(signed.utf8).span)
        let text = mac.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
        guard body["mac"]?.string == text else { return try recorded("registration", "register, wrong mac") }
        guard password.utf8.count >= 8 else { return try recorded("registration", "register, short password") }
        guard !name.hasPrefix("_") else {
            return try recorded("registration", "register, user name with leading underscore")
        }
        guard make(name, password, isAdmin, device: "shared_secret_registration"), let account = accounts[name] else {
            return try recorded("registration", "register, user name taken")
        }
        return try recorded("registration", "register bot (right mac)", session(name, account))
    }

    mutating func registerOpenly(_ body: JSONValue) throws -> [UInt8] {
        guard options.isOpen else {
            return try recorded("registration", "ordinary /register while registration is disabled, no auth")
        }
        switch body["auth"]?["type"]?.string {
        case nil: return try recorded("registration_by_token", "register, no auth")
        case "m.login.dummy":
            let name = body["username"]?.string ?? ""
            guard make(name, body["password"]?.string ?? "", false, device: "DEVICE11"), let account = accounts[name]
            else { return try recorded("registration", "register, user name taken") }
            return try recorded(
                "registration_by_token",
                "register, m.login.dummy though a token is required by the configuration",
                session(name, account)
            )
        default: return try recorded("registration_by_token", "register, right token")
        }
    }

    /// False where the name is taken.
    private mutating func make(_ name: String, _ password: String, _ isAdmin: Bool, device: String) -> Bool {
        guard accounts[name] != nil, accounts[name]?.device == nil else { return false }
        accounts[name]?.password = password
        accounts[name]?.isAdmin = isAdmin
        accounts[name]?.device = device
        return true
    }
}
