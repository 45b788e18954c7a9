import Commands
import MatrixCore
import Observability

extension DoctorFacts {
    /// RM: protected rooms.
    var roomChecks: [CheckResult] {
        guard let user else { return [] }
        return membership + powers(user) + [staff(user)] + reachable + otherGuards(user) + spaces + [shrunk]
    }

    private var pictures: [RoomPicture] { protected.compactMap { rooms[$0] } }

    private var membership: [CheckResult] {
        guard let joined else { return [] }
        let lists = Set(listRooms.values)
        let outside = protected.filter { !joined.contains($0) }
        let unprotected = joined.subtracting(protected).subtracting(lists).subtracting(
            [managementRoom].compactMap(\.self)
        )
        var results: [CheckResult] = outside.map { room in
            .fail(
                "RM-1",
                room.rawValue,
                "is to be protected, but the bot is not in it",
                cure: [
                    "invite the bot there, or take the room off in the management room:", room.command("rooms remove"),
                ],
                fix: .join(room)
            )
        }
        if !unprotected.isEmpty {
            let shown = unprotected.sorted().prefix(5).map(\.rawValue).joined(separator: " ")
            results.append(
                .warn(
                    "RM-1",
                    "\(counted(unprotected.count, "room"))",
                    "the bot is in them, but does not protect them: \(shown)\(unprotected.count > 5 ? " …" : "")",
                    cure: [
                        "protect them in the management room, one at a time:", "    !draupnir rooms add ROOM",
                        "or all at once:",
                        "    draupnir setup --directory \(shellWord(SetupFolder(of: configurationPath).path)) --protect-joined",
                    ]
                )
            )
        }
        return results.isEmpty
            ? [.ok("RM-1", "\(counted(protected.count, "room"))", "the bot is in every room that it protects")]
            : results
    }

    private func powers(_ user: UserID) -> [CheckResult] {
        let lacking = pictures.compactMap { room in PowerLack(room, bot: user).map { (room.room, $0) } }
        guard !lacking.isEmpty else {
            return [.ok("RM-2", "\(counted(pictures.count, "room"))", "the bot may ban, kick, redact and set ACLs")]
        }
        return lacking.map { .fail("RM-2", $0.rawValue, $1.cause, cure: $1.cure) }
    }

    private func staff(_ user: UserID) -> CheckResult {
        let outranking = pictures.filter { room in
            let own = room.authority.power(of: user)
            return room.joined.contains { $0 != user && room.authority.power(of: $0) >= own }
        }
        guard let first = outranking.first else {
            return .ok("RM-4", "\(counted(pictures.count, "room"))", "nobody stands level with the bot")
        }
        return .ok(
            "RM-4",
            first.room.rawValue,
            "in \(counted(outranking.count, "room")) members stand level with the bot or above it, on whom it cannot act"
        )
    }

    private var reachable: [CheckResult] {
        let broken = protected.filter { roomFailures[$0] != nil && joined?.contains($0) != false }
        guard !broken.isEmpty else {
            return [.ok("RM-5", "\(counted(protected.count, "room"))", "every one can be read")]
        }
        return broken.map { room in
            .fail(
                "RM-5",
                room.rawValue,
                "cannot be read: \(roomFailures[room]?.cause ?? "")",
                cure: ["see whether the bot was banned or removed there"]
            )
        }
    }

    private func otherGuards(_ user: UserID) -> [CheckResult] {
        let others = pictures.filter { $0.serverACLSender != nil && $0.serverACLSender != user }
        guard let first = others.first, let sender = first.serverACLSender else {
            return [.ok("RM-6", "\(counted(pictures.count, "room"))", "nobody else sets the server ACL")]
        }
        return [
            .warn(
                "RM-6",
                first.room.rawValue,
                "the server ACL of \(counted(others.count, "room")) was set by another, such as \(sender)",
                cure: ["see that two bots do not set it in turns; what others denied is kept"]
            )
        ]
    }

    private var spaces: [CheckResult] {
        let spaces = pictures.filter { $0.authority.creation?.roomType == "m.space" }
        guard !spaces.isEmpty else { return [.ok("RM-7", "\(counted(pictures.count, "room"))", "none is a space")] }
        return spaces.map {
            .warn(
                "RM-7",
                $0.room.rawValue,
                "is a space: only itself is protected, not the rooms in it",
                cure: [
                    "    draupnir setup --directory \(shellWord(SetupFolder(of: configurationPath).path))"
                        + " --protect-space \(shellWord($0.room.rawValue))"
                ]
            )
        }
    }

    private var shrunk: CheckResult {
        guard knowsProtected else {
            return .ok("RM-8", "protected rooms", "could not be compared with those of the last time")
        }
        guard let protectedBefore else {
            return .ok("RM-8", "\(counted(protected.count, "room"))", "looked at for the first time")
        }
        let lost = protectedBefore.subtracting(protected)
        guard !lost.isEmpty else {
            return .ok("RM-8", "\(counted(protected.count, "room"))", "none was lost since the last time")
        }
        let shown = lost.sorted().prefix(5).map(\.rawValue).joined(separator: " ")
        return .fail(
            "RM-8",
            "\(counted(lost.count, "room"))",
            "not protected any more since doctor last looked: \(shown)",
            cure: ["if that was not meant, protect them again in the management room:"]
                + lost.sorted().prefix(5).map { $0.command("rooms add") }
        )
    }
}

extension RoomID {
    /// The line that is typed in the management room.
    func command(_ words: String) -> String { "    !draupnir \(words) \(printable(rawValue))" }
}
