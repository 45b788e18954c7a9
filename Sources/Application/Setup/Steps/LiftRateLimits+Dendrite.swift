import MatrixCore
import Observability

/// On Dendrite, whose limits only its configuration lifts.
///
/// - Source: Dendrite, `internal/httputil/rate_limiting.go`, and `clientapi/routing` for what is limited.
extension LiftRateLimits {
    /// What its limits mean for the bot, in words.
    package static let dendriteLimits =
        "Dendrite limits how fast the bot may join and leave rooms, invite and log in, one limit for all of them (by default 5 at"
        + " once, each free again after 0.5 s); sync, messages, state, bans, kicks and redactions are not limited, and server"
        + " admins and application services never are"

    func onDendrite(_ run: inout SetupRun, _ user: UserID, _ tools: SetupTools) throws(StepFailure) -> [String] {
        if run.isServerAdmin == true {
            run.rateLimit = .lifted
            return ["Dendrite does not limit server admins, and \(user) is one"]
        }
        if run.wishes.appserviceRegistration != nil {
            run.rateLimit = .lifted
            return ["Dendrite does not limit application services"]
        }
        let cure: [String]
        if let path = run.wishes.homeserverConfig {
            let text = try HomeserverConfiguration(path: path).text(tools, step: name)
            switch tools.configuration.limits(of: user, inDendriteConfiguration: text) {
            case .off:
                run.rateLimit = .lifted
                return ["\(printable(path)) switches all rate limits off, from Dendrite's next start on at the latest"]
            case .exempt:
                run.rateLimit = .lifted
                return [
                    "\(printable(path)) exempts \(user) from rate limits, from Dendrite's next start on at the latest"
                ]
            case .lifted(let edit):
                cure =
                    ["change \(printable(path)) so (this is a patch), then restart Dendrite, which reads it only then:"]
                    + edit.unifiedDiff(of: text, path: printable(path), showing: Self.mayShow).map { "    " + $0 }
            case .unclear(let why):
                cure =
                    [
                        "\(printable(path)) could not be worked out (\(why)): see that it says this, then restart Dendrite:"
                    ]
                    + AdminLines.dendriteExemption(user)
            }
        } else {
            cure =
                [
                    "see that dendrite.yaml says this, then restart Dendrite; with --homeserver-config the exact change is shown:"
                ]
                + AdminLines.dendriteExemption(user)
        }
        guard !run.wishes.keepsRateLimits else { return ["left the rate limits as they are"] }
        run.advise(name, Self.dendriteLimits, cure: cure)
        return ["nothing but Dendrite's own configuration switches the rate limits off"]
    }

    /// Lines of `dendrite.yaml` that hold no secret, whatever they say.
    package static func mayShow(_ line: String) -> Bool {
        let words = line.trimmingPrefix { $0.isWhitespace }
        guard !words.isEmpty else { return true }
        let text = words.trimmingPrefix("#").trimmingPrefix { $0 == " " }
        if ["- \"@", "- '@"].contains(where: { text.hasPrefix($0) }) { return !text.utf8.contains(UInt8(ascii: "{")) }
        guard words == text, let colon = text.utf8.firstIndex(of: UInt8(ascii: ":")) else { return false }
        let rest = text.utf8[text.utf8.index(after: colon)...]
        let value = rest.split { $0 == 0x20 || $0 == 0x0D }.map { String(Substring($0)) }
        let known = ["client_api", "rate_limiting", "enabled", "threshold", "cooloff_ms", "exempt_user_ids"]
        return known.contains(String(text[..<colon]))
            && (value.isEmpty || value.count == 1 && (["true", "false"].contains(value[0]) || Int(value[0]) != nil))
    }
}
