import MatrixCore
import Moderation

extension DoctorFacts {
    /// MR: the room that the bot is commanded in.
    var managementRoomChecks: [CheckResult] {
        guard let user else { return [] }
        guard let room = managementRoom else {
            let cause =
                managementRoomFailure?.cause ?? "no management room is configured, and the bot has made none yet"
            if case .madeFor = settings.managementRoom, managementRoomFailure == nil {
                return [.ok("MR-1", "initialManager", "the bot makes its management room at its first start")]
            }
            return [
                .fail("MR-1", "managementRoom", cause, cure: ["correct managementRoom, or set initialManager instead"])
            ]
        }
        var results: [CheckResult] = [.ok("MR-1", room.rawValue, "is the management room")]
        guard let picture = rooms[room] else {
            let cause = roomFailures[room].map { "its state cannot be read: \($0.cause)" } ?? "the bot is not in it"
            return results + [
                .fail(
                    "MR-2",
                    room.rawValue,
                    cause,
                    cure: ["invite \(user) there; it joins at its next start"],
                    fix: .join(room)
                )
            ]
        }
        results.append(.ok("MR-2", room.rawValue, "the bot is in it"))
        let verdict = ManagementRoomVerdict(picture, bot: user, managers: picture.joined)
        results += [
            power(picture, user), privacy(picture, verdict), encryption(picture), upgrade(picture),
            managers(picture, user),
            otherBots(picture, user),
        ]
        return results
    }

    private func power(_ room: RoomPicture, _ user: UserID) -> CheckResult {
        let own = room.authority.power(of: user)
        let needed = room.authority.effectiveLevels.stateDefault
        guard own >= .level(needed) else {
            return .fail(
                "MR-3",
                room.room.rawValue,
                "the bot can speak but not save its settings: it has \(own.text) and needs \(needed)",
                cure: ["give \(user) the power level \(max(needed, 100)) in the room's settings, under roles"]
            )
        }
        return .ok("MR-3", room.room.rawValue, "the bot may save its settings (\(own.text))")
    }

    private func privacy(_ room: RoomPicture, _ verdict: ManagementRoomVerdict) -> CheckResult {
        if let unsafe = verdict.unsafe { return .fail("MR-4", room.room.rawValue, unsafe.cause, cure: unsafe.cure) }
        if room.guestAccess == "can_join", room.joinRule != "invite" {
            return .warn("MR-4", room.room.rawValue, "guests may join it", cure: ["forbid guests in its settings"])
        }
        if let note = verdict.notes.first { return .warn("MR-4", room.room.rawValue, note.cause, cure: note.cure) }
        return .ok(
            "MR-4",
            room.room.rawValue,
            "only invited members see it: \(room.joined.map(\.rawValue).joined(separator: ", "))"
        )
    }

    private func encryption(_ room: RoomPicture) -> CheckResult {
        guard room.isEncrypted else { return .ok("MR-5", room.room.rawValue, "is not encrypted") }
        return .fail(
            "MR-5",
            room.room.rawValue,
            "is encrypted, which cannot be undone: the bot reads no command there",
            cure: ["remove managementRoom, set initialManager to your user ID, and start the bot: it makes a new room"]
        )
    }

    private func upgrade(_ room: RoomPicture) -> CheckResult {
        guard room.isReplaced else { return .ok("MR-6", room.room.rawValue, "was not replaced") }
        let successor = room.successor?.rawValue ?? "the new room"
        return .fail(
            "MR-6",
            room.room.rawValue,
            "was replaced by \(successor)",
            cure: ["set managementRoom to \(successor), and invite the bot there"]
        )
    }

    private func managers(_ room: RoomPicture, _ user: UserID) -> CheckResult {
        let present = room.joined.filter { $0 != user }
        guard present.isEmpty else {
            return .ok("MR-7", room.room.rawValue, "\(present.count) member(s) command the bot")
        }
        let invited = room.members.filter { $0.value == .invite }.map(\.key).sorted()
        guard let first = invited.first else {
            return .fail(
                "MR-7",
                room.room.rawValue,
                "nobody but the bot is in it or invited",
                cure: ["run setup again with --manager @you:server"]
            )
        }
        return .warn(
            "MR-7",
            first.rawValue,
            "has not accepted the invitation yet: nobody commands the bot",
            cure: ["accept it, or open \(Permalink(.room(RoomReference(room.room, via: [user.server]))).text)"]
        )
    }

    private func otherBots(_ room: RoomPicture, _ user: UserID) -> CheckResult {
        let names = ["mjolnir", "draupnir", "meowlnir"]
        let other = room.joined.first { member in
            member != user && names.contains { member.localpart.lowercased().contains($0) }
        }
        guard let other else { return .ok("MR-8", room.room.rawValue, "no other bot is in it") }
        return .warn(
            "MR-8",
            other.rawValue,
            "seems to be another bot in the same management room: both may answer one command",
            cure: ["give each a management room of its own, or command them by their names"]
        )
    }
}
