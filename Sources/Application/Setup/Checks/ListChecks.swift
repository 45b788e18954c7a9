import Commands
import MatrixCore
import Moderation
import Observability

extension DoctorFacts {
    /// PL: policy lists.
    var listChecks: [CheckResult] {
        guard let user else { return [] }
        return [watching(user)] + selfHarm(user) + aclSizes + [unknownRules] + standing + [reasons]
    }

    private static let makingList = "    !draupnir list create coc coc"

    var lists: [RoomPicture] { watched.compactMap { listRooms[$0] }.compactMap { rooms[$0] } }

    private func watching(_ user: UserID) -> CheckResult {
        guard !watched.isEmpty else {
            return .warn(
                "PL-1",
                "watched lists",
                "the bot watches no list, so it bans nobody",
                cure: ["make one in the management room:", Self.makingList]
            )
        }
        let isWritable = lists.contains { list in
            list.authority.power(of: user)
                >= .level(list.authority.effectiveLevels.levelToSend(state: EventType(rawValue: "m.policy.rule.user")))
        }
        guard isWritable else {
            return .warn(
                "PL-1",
                "watched lists",
                "the bot may write to none of the lists that it watches (\(watched.count))",
                cure: ["make one in the management room:", Self.makingList]
            )
        }
        return .ok("PL-1", "\(watched.count) list(s)", "watched, and at least one can be written to")
    }

    /// An event holds 64 KiB at the most; beyond 48 KiB it is a matter of time.
    private var aclSizes: [CheckResult] {
        let large = protected.compactMap { rooms[$0] }.filter { $0.serverACLSize > 48 << 10 }
        guard !large.isEmpty else {
            return [.ok("PL-3", "\(counted(protected.count, "room"))", "server ACLs are far from the size limit")]
        }
        return large.map {
            .warn(
                "PL-3",
                $0.room.rawValue,
                "the server ACL has \($0.serverACLSize >> 10) KiB of 64",
                cure: ["take rules on dead servers off the lists"]
            )
        }
    }

    private var standing: [CheckResult] {
        var results: [CheckResult] = []
        for reference in watched {
            guard let room = listRooms[reference] else {
                results.append(
                    .fail(
                        "PL-5",
                        reference.text,
                        "the list cannot be found",
                        cure: [
                            "unwatch it in the management room:", "    !draupnir unwatch \(printable(reference.text))",
                        ]
                    )
                )
                continue
            }
            if let picture = rooms[room], picture.isReplaced {
                let watching =
                    picture.successor.map { [$0.command("watch")] } ?? ["watch the room that took its place, and:"]
                results.append(
                    .warn(
                        "PL-5",
                        room.rawValue,
                        "the list was replaced by \(picture.successor?.rawValue ?? "its successor")",
                        cure: ["in the management room:"] + watching + [room.command("unwatch")]
                    )
                )
            } else if joined?.contains(room) == false {
                results.append(
                    .fail(
                        "PL-5",
                        room.rawValue,
                        "the bot is not in the list's room, so changes do not reach it",
                        cure: [
                            "invite the bot there, or unwatch the list in the management room:",
                            room.command("unwatch"),
                        ],
                        fix: .join(room)
                    )
                )
            }
        }
        return results.isEmpty ? [.ok("PL-5", "\(watched.count) list(s)", "every list is current")] : results
    }
}
