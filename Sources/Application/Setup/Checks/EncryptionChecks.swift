import Commands
import MatrixCore
import Moderation

extension DoctorFacts {
    /// E2E: what encryption hides from a bot without it.
    var encryptionChecks: [CheckResult] { [pantalaimon, crypto] }

    var encryptedRoomChecks: [CheckResult] { [encryptedRooms] }

    private var pantalaimon: CheckResult {
        guard settings.pantalaimon.isUsed else { return .ok("E2E-1", "pantalaimon.use", "is off") }
        guard !settings.usesRustCrypto else {
            return .fail(
                "E2E-1",
                "pantalaimon.use",
                "experimentalRustCrypto is on too, and both would decrypt",
                cure: ["set experimentalRustCrypto to false"]
            )
        }
        return .ok("E2E-1", "pantalaimon.use", "the bot logs in through Pantalaimon, which decrypts for it")
    }

    private var crypto: CheckResult {
        guard settings.usesRustCrypto else { return .ok("E2E-2", "experimentalRustCrypto", "is off") }
        return .fail(
            "E2E-2",
            "experimentalRustCrypto",
            "this version reads no encrypted rooms",
            cure: ["set it to false"]
        )
    }

    private var encryptedRooms: CheckResult {
        let encrypted = protected.filter { rooms[$0]?.isEncrypted ?? false }
        guard let first = encrypted.first else {
            return .ok("E2E-7", "\(counted(protected.count, "room"))", "no protected room is encrypted")
        }
        return .warn(
            "E2E-7",
            first.rawValue,
            "\(counted(encrypted.count, "protected room")) \(encrypted.count == 1 ? "is" : "are") encrypted: bans and ACLs work, what is said there stays hidden",
            cure: ["nothing, where membership rules are enough"]
        )
    }
}
