package import CommandGrammar
import MatrixCore
import Protections
import RoomState

package struct KickCommand: ModeratorCommand {
    private static let user = Parameter("user", .userOrGlob, "a user, or with --glob a glob such as @*:evil.example")
    private static let reason = RestOfText("reason", "why; shown to whoever is kicked")
    private static let room = Option("room", .room, "kick from this protected room only", valueName: "ROOM")
    private static let glob = Flag("glob", "allows a glob, which may hit many")
    private static let dryRun = Flag("dry-run", "shows whom it would hit and kicks nobody")

    package static let description = CommandDescription(
        "kick",
        "removes a user from the protected rooms; they may come back",
        arguments: [user, room, glob, dryRun, reason],
        examples: ["kick @somebody:example.org please read the rules", "kick @*:evil.example --glob --dry-run"]
    )

    private let user: UserPattern
    private let room: RoomReference?
    private let allowsGlob: Bool
    private let isDryRun: Bool
    private let reason: String

    package init(_ arguments: ParsedArguments) {
        user = arguments[Self.user]
        room = arguments[Self.room]
        allowsGlob = arguments[Self.glob]
        isDryRun = arguments[Self.dryRun]
        reason = arguments[Self.reason]
    }

    package func step(_ answers: CommandAnswers, _ context: CommandContext) -> CommandStep {
        if case .glob(let glob) = user, !allowsGlob {
            return .fail { "\(code: glob.text) is a glob and may hit many; add \(code: "--glob") if that is meant." }
        }
        var round = 0
        var only: RoomID?
        if let room {
            switch Resolving.resolve(room, answers, &round, context) {
            case .room(let id, _): only = id
            case .step(let step): return step
            }
            if let only, !context.bot.protects(only) {
                return .fail { "\(only) is not protected, so nobody is kicked from it." }
            }
        }
        if let answered = answers.answered(round) { return report(answered) }

        let targets = targets(only, context)
        guard !targets.kicks.isEmpty else {
            return .fail {
                "Nobody to kick: no such user is in \(only == nil ? "a protected room" : "that room")."
                skipped(targets.skipped)
            }
        }
        let users = Set(targets.kicks.map(\.user)).count
        guard !isDryRun else {
            return .succeed {
                "Dry run: \(counted(users, "user")) would be kicked from \(counted(Set(targets.kicks.map(\.room)).count, "room")):"
                Block.list(targets.kicks.prefix(50).map { "\($0.user) from \(context.phrase($0.room))" })
                skipped(targets.skipped)
            }
        }
        return .ask(targets.kicks.map { .kick($0.user, in: $0.room, reason: reason) })
    }

    private func report(_ answered: [Answered]) -> CommandStep {
        let failures = answered.compactMap { one in one.result.failure.map { (one.action, $0) } }
        let document = Document {
            if answered.contains(where: { $0.result == .simulated }) {
                "This is a dry run: nobody was kicked. Otherwise:"
            }
            "Kicked from \(counted(answered.count - failures.count, "room"))."
            if !failures.isEmpty {
                "\(failures.count) could not be done:"
                Block.list(failures.prefix(20).map { action, why in "\(action.summary): \(why)" })
            }
        }
        return .finish(CommandReport(failures.isEmpty ? .success : .failure, document))
    }

    private struct Targets {
        var kicks: [(user: UserID, room: RoomID)] = []
        var skipped: [String] = []
    }

    /// Never the bot, whoever has joined the management room, nor anyone whose power is not below the bot's.
    private func targets(_ only: RoomID?, _ context: CommandContext) -> Targets {
        var targets = Targets()
        for user in context.rooms.presentUsers(matching: user.description).sorted() {
            if context.isSpared(user) {
                targets.skipped.append("\(user) is in the management room")
                continue
            }
            for (room, record) in context.rooms.rooms(of: user).sorted(by: { $0.room < $1.room })
            where record.membership.isPresent && context.bot.protects(room) && (only ?? room) == room {
                do throws(PowerProblem) {
                    try context.rooms[room]?.authority.check(.kick, of: user, by: context.bot.user)
                    targets.kicks.append((user, room))
                } catch {
                    targets.skipped.append("\(user) in \(room): my power there is too little")
                }
            }
        }
        return targets
    }

    private func skipped(_ lines: [String]) -> [Block] {
        lines.isEmpty ? [] : [.paragraph("Left alone:"), .list(lines.prefix(20).map { Phrase($0) })]
    }
}
