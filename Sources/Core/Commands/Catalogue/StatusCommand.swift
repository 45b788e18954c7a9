package import CommandGrammar
import MatrixCore
import PolicyEngine
import RoomState

package struct StatusCommand: ModeratorCommand {
    package static let description = CommandDescription(
        "status",
        "shows what I protect and by which lists, what is under way, and what is wrong"
    )

    package init(_ arguments: ParsedArguments) {}

    package func step(_ answers: CommandAnswers, _ context: CommandContext) -> CommandStep {
        let status = context.status
        return .succeed {
            if status.isDryRun { "\(bold: "Dry run"): nothing is banned and nothing is changed." }
            if status.isPaused { "\(bold: "Paused"): \(code: "\(context.program) resume") goes on." }
            "I protect \(counted(context.bot.protectedRooms.count, "room")) with "
                + "\(counted(context.rooms.presentUserCount, "user")), by \(counted(context.policies.ruleCount, "rule"))."
            lists(context)
            queue(context)
            problems(context)
            "Version \(code: status.version). Last answer of sync \(status.sinceLastSync.map(ago) ?? "never")."
        }
    }

    private func lists(_ context: CommandContext) -> [Block] {
        guard !context.policies.lists.isEmpty else {
            return [
                .paragraph(
                    "I watch no policy list. Make one: \(code: "\(context.program) list create coc coc"), or watch one: "
                        + "\(code: "\(context.program) watch #list:example.org")"
                )
            ]
        }
        let lines: [Phrase] = context.policies.lists.map { list in
            let protected: Phrase = context.bot.protects(list.room) ? ", protected" : ""
            let parted: Phrase =
                context.bot.joined.contains(list.room) ? "" : ", which I am not in: as it was last read"
            let change = context.status.listChanges[list.room].map { ", changed \(ago($0))" } ?? ""
            return "\(context.listName(list.room)): \(counted(list.count, "rule"))\(change)\(protected)\(parted)"
        }
        return [.paragraph("Watched lists:"), .list(lines)]
    }

    private func queue(_ context: CommandContext) -> [Block] {
        let status = context.status
        var blocks: [Block] = []
        if status.waiting.isEmpty {
            blocks.append(.paragraph("Nothing waits to be done."))
        } else {
            let parts = status.waiting.map { "\($0.count) \($0.name)" }.joined(separator: ", ")
            let pace = status.pace.map { ", one in \(brief($0)) as the homeserver limits me" } ?? ""
            blocks.append(.paragraph("Waiting: \(parts)\(pace)."))
        }
        if !context.held.isEmpty {
            blocks.append(
                .paragraph("\(counted(context.held.count, "rule")) held: \(code: "\(context.program) held")")
            )
        }
        if !status.parked.isEmpty {
            blocks.append(.paragraph("Refused, and tried again when that changes:"))
            blocks.append(
                .list(status.parked.map { "\(context.phrase($0.room)): \(counted($0.count, "action")), \($0.reason)" })
            )
        }
        return blocks
    }

    private func problems(_ context: CommandContext) -> [Block] {
        let status = context.status
        var lines: [Phrase] = status.troubles.map { "\(code: $0.name): \($0.text)" }
        lines += status.powerless.map { "\(context.phrase($0)): I lack the power to ban" }
        lines += context.policies.lists.filter { !$0.malformed.isEmpty }.map { list in
            "\(context.listName(list.room)): \(counted(list.malformed.count, "rule")) cannot be read"
        }
        let blocks: [Block] = lines.isEmpty ? [] : [.paragraph("What is wrong:"), .list(lines)]
        return blocks + notInThisVersion(context)
    }

    /// Apart from what is wrong, which would be lost in it: the original enables protections by itself.
    private func notInThisVersion(_ context: CommandContext) -> [Block] {
        var lines: [Phrase] = context.status.notBuilt.map { "\(code: $0.key): \($0.consequence)" }
        let missing = context.bot.enabledProtections.notAvailable
        if !missing.isEmpty { lines.append("protections that are enabled: \(missing.joined(separator: ", "))") }
        return lines.isEmpty ? [] : [.paragraph("Not in this version:"), .list(lines)]
    }

    private func ago(_ duration: Duration) -> String { "\(brief(duration)) ago" }
}
