import CommandGrammar
import Commands
import JSON
import MatrixCore
import Observability
import PolicyEngine
import Protections
import RoomState

/// Commands: from a message in the management room to its reply.
extension ModerationState {
    /// A command that waited longer than this is not what its sender wants any more.
    private static let longestWait: Int64 = 600_000

    /// Reads a timeline event of the management room.
    mutating func observeManagement(_ event: RoomEvent) {
        if event.type == .member { return noteOwnName(event) }
        guard event.type == .message, event.stateKey == nil,
            let content = try? JSONReader().read(event.content.span),
            content["msgtype"]?.string == "m.text", let body = content["body"]?.string,
            let room = bot.managementRoom, runs[event.id] == nil, !finishedCommands.contains(event.id)
        else { return }
        // An edit is no second command.
        let relation = content["m.relates_to"]
        guard relation?["rel_type"]?.string != "m.replace", let addressed = prefixes.command(in: body) else { return }
        let thread: EventID? =
            relation?["rel_type"]?.string == "m.thread"
            ? relation?["event_id"]?.string.flatMap { try? EventID(parsing: $0) } : nil
        let cause = Cause.command(event: event.id, sender: event.sender)
        if let age = event.age, age > Self.longestWait {
            say(
                Document {
                    "This command came more than ten minutes ago, while I could not read it. Please repeat it."
                },
                in: room,
                .to(event.id, thread: thread),
                lane: .answers,
                because: cause
            )
            return
        }
        log.info("command", ["sender": event.sender.rawValue, "text": String(addressed.text).cut(to: 200)])
        let run = Run(
            key: event.id,
            kind: .command(text: String(addressed.text), sender: event.sender, thread: thread),
            arrivedAt: now.wallMilliseconds
        )
        if phase == .enforcing || phase == .loadingRooms {
            return step(run, String(addressed.text), event.sender, thread)
        }
        // While the start is under way it waits, on disk.
        runs[run.key] = run
        write(.run(run.key), run.stored)
    }

    /// Commands that came while the start was under way.
    mutating func stepWaitingCommands() {
        let waiting = runs.values.filter { $0.rounds.isEmpty && $0.waiting.isEmpty }
        for run in waiting.sorted(by: { ($0.arrivedAt, $0.key) < ($1.arrivedAt, $1.key) }) {
            guard case .command(let text, let sender, let thread) = run.kind else { continue }
            step(run, text, sender, thread)
        }
    }

    /// More than come in the ten minutes after which a command is not run any more.
    private static let rememberedCommands = 200

    mutating func noteFinished(_ command: EventID) {
        finishedCommands.append(command)
        if finishedCommands.count > Self.rememberedCommands { finishedCommands.removeFirst() }
        write(.finishedCommands, .array(finishedCommands.map { .string($0.rawValue) }))
    }

    /// People write the name that they see.
    private mutating func noteOwnName(_ event: RoomEvent) {
        guard event.stateKey.map({ equalByBytes($0, bot.user.rawValue) }) == true,
            let content = try? JSONReader().read(event.content.span),
            content["membership"]?.string == Membership.join.name
        else { return }
        bot.displayName = content["displayname"]?.string
    }

    private var prefixes: CommandPrefixes {
        CommandPrefixes(
            bot: bot.user,
            displayName: bot.displayName,
            symbols: settings.commands.symbolPrefixes,
            additional: settings.commands.additionalPrefixes,
            allowsNoPrefix: settings.commands.allowsNoPrefix
        )
    }
}
