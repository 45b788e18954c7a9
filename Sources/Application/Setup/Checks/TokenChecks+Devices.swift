import Moderation
import MatrixCore
import Observability

/// TOK-4 and TOK-5: the account's devices.
extension DoctorFacts {
    var deviceName: CheckResult {
        guard let id = identity?.device, let device = devices?.first(where: { $0.id == id }) else {
            return .ok("TOK-4", identity?.device ?? place, "the device's name could not be told")
        }
        let name = device.name ?? ""
        let isTelling = ["draupnir", "mjolnir", "bot"].contains { name.lowercased().contains($0) }
        guard !isTelling else { return .ok("TOK-4", id, "the device is called “\(printable(name, limit: 100))”") }
        return .warn(
            "TOK-4",
            id,
            "the token's device is called “\(printable(name, limit: 100))”: whoever tidies up the account's sessions may log it out",
            cure: ["log in for the bot alone:"] + logInLines
        )
    }

    /// Ten minutes is a guess at what is still in use.
    var otherProcesses: CheckResult {
        let others = (devices ?? []).filter { device in
            device.id != identity?.device
                // Compared, and not subtracted: the number is the server's, and may be any.
                && device.lastSeenMilliseconds.map { $0 > nowMilliseconds - 600_000 } ?? false
        }
        guard let other = others.first else {
            return .ok("TOK-5", place, "no other device of the account was active lately")
        }
        return .warn(
            "TOK-5",
            other.id,
            "another device of the account, “\(printable(other.name ?? "without a name", limit: 100))”, was active in the last ten minutes: an old bot may run,"
                + " or this one runs on with the token from before its file was changed",
            cure: ["restart the bot, so that it takes the token of the file; stop any other program with this account"]
        )
    }
}
