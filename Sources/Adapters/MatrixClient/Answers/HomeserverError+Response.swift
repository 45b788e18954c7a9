import HTTPClient
import JSON
import Moderation
import Observability

extension HomeserverError {
    /// An answer whose status is no success.
    ///
    /// A refusal counts as the homeserver's only when it is in Matrix's own form. A 4xx without an `errcode` comes from
    /// something before the homeserver, which may let the next request pass: it is a bad answer, not a refusal for good. Of a
    /// 500, `Err` tells that it is Dendrite's own.
    init(refusing response: HTTPResponse) {
        let status = response.status
        let told = RefusalBody(response.body)
        switch status {
        case 429:
            let header = response.headers["Retry-After"].flatMap { Int64($0) }
            self = .limited(retryAfter: retryDelay(header: header, milliseconds: told?.retryAfterMilliseconds))
        case 401 where told?.code == "M_UNKNOWN_TOKEN" || told?.code == "M_MISSING_TOKEN":
            self = .tokenRejected(message: told?.message ?? "")
        case 401 where told?.code == "M_USER_DEACTIVATED", 403 where told?.code == "M_USER_DEACTIVATED":
            self = .tokenRejected(message: "the account is deactivated")
        // Spec, "Account locking": what is refused for a lock can be asked again when that is off.
        case 401 where told?.code == "M_USER_LOCKED":
            self = .unreachable("the homeserver has locked the bot's account")
        case 400..<500:
            guard let told else {
                self = .badAnswer("status \(status) without a Matrix error: not from the homeserver itself")
                return
            }
            self = .refused(status: status, code: told.code, message: told.message)
        case 500 where told == nil:
            let message = try? response.body.read("Err") { $0["Err"]?.string }
            self =
                message.map { .unexplained(status: status, message: $0) }
                ?? .serverTrouble(status: status, message: "no Matrix error in it")
        case 500..<600:
            self = .serverTrouble(status: status, message: told?.message ?? "no Matrix error in it")
        default:
            self = .badAnswer("status \(status)")
        }
    }

    /// The same without the secret in any of its texts, which are cut to a length that a log bears.
    func withholding(_ secret: Secret) -> HomeserverError {
        func clean(_ text: String) -> String { shortened(text, without: secret) }
        return switch self {
        case .refused(let status, let code, let message):
            .refused(status: status, code: clean(code), message: clean(message))
        case .tokenRejected(let message): .tokenRejected(message: clean(message))
        case .unreachable(let text): .unreachable(clean(text))
        case .unknownOutcome(let text): .unknownOutcome(clean(text))
        case .serverTrouble(let status, let message): .serverTrouble(status: status, message: clean(message))
        case .unexplained(let status, let message): .unexplained(status: status, message: clean(message))
        case .badAnswer(let text): .badAnswer(clean(text))
        case .limited, .tooLarge, .cancelled: self
        }
    }
}

/// Matrix's own form of a refusal.
private struct RefusalBody {
    let code: String
    let message: String
    let retryAfterMilliseconds: Int64?

    /// Nil where the body has no `errcode`.
    init?(_ body: HTTPBody) {
        let read = try? body.read("errcode") { answer -> Self? in
            answer["errcode"]?.string.map { code in
                Self(
                    code: code,
                    message: answer["error"]?.string ?? "",
                    retryAfterMilliseconds: try? answer["retry_after_ms"]?.exactInteger(wholeDecimals: true)
                )
            }
        }
        guard let read else { return nil }
        self = read
    }

    private init(code: String, message: String, retryAfterMilliseconds: Int64?) {
        self.code = code
        self.message = message
        self.retryAfterMilliseconds = retryAfterMilliseconds
    }
}

/// How long a rate-limited request must wait.
///
/// `header` is `Retry-After` in seconds, `milliseconds` is `retry_after_ms`, which is deprecated since v1.10. The header
/// counts, unless it is the other one rounded up, as Synapse's is: then the exact one spares up to a second for each
/// refusal. `limit` keeps a hostile server from parking us for a week. The 5 s for a server that names no time is a guess.
///
/// - Source: Matrix spec, Client-Server API, "Rate limiting"; RFC 9110, section 10.2.3.
func retryDelay(header: Int64?, milliseconds: Int64?, limit: Duration = .seconds(300)) -> Duration {
    let seconds = header.map { Duration.seconds($0) }
    let exact = milliseconds.map { Duration.milliseconds($0) }
    var asked = seconds ?? exact ?? .seconds(5)
    if let seconds, let exact, exact <= seconds, seconds - exact < .seconds(1) { asked = exact }
    return min(max(asked, .zero), limit)
}

/// At most 500 bytes, a length that is a guess; a server may echo what it was sent, so the secret is looked for, and in
/// any case, since names and values of headers are lowercased.
func shortened(_ text: String, without secrets: Secret...) -> String { shortened(text, without: secrets) }

func shortened(_ text: String, without secrets: [Secret]) -> String {
    var bytes = Array(text.utf8)
    for secret in secrets where !secret.reveal().isEmpty {
        let hidden = Array(secret.reveal().lowercased().utf8)
        let lowercased = bytes.map { (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0) ? $0 | 0x20 : $0 }
        for range in lowercased.ranges(of: hidden).reversed() {
            bytes.replaceSubrange(range, with: "<redacted>".utf8)
        }
    }
    return String(decoding: bytes.prefix(500), as: UTF8.self)
}
