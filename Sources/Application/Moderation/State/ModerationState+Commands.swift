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

    private mutating func noteFinished(_ command: EventID) {
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

    /// Asks a command what to do next, and does it.
    mutating func step(_ run: Run, _ text: String, _ sender: UserID, _ thread: EventID?) {
        guard let room = bot.managementRoom else { return }
        let cause = Cause.command(event: run.key, sender: sender)
        switch nextStep(of: text, run, sender) {
        case .ask(let actions, let memo): ask(actions, memo, for: run, because: cause, lane: .answers)
        case .finish(let report):
            if runs.removeValue(forKey: run.key) != nil { write(.run(run.key), nil) }
            noteFinished(run.key)
            previews[run.key] = nil
            for directive in report.directives { follow(directive) }
            switch report.mark {
            case .success: react("✅", to: run.key, in: room, because: cause)
            case .failure: react("❌", to: run.key, in: room, because: cause)
            case .pending: break
            }
            if let document = report.document {
                say(document, in: room, .to(run.key, thread: thread), lane: .answers, because: cause)
            }
        }
    }

    private func nextStep(of text: String, _ run: Run, _ sender: UserID) -> CommandStep {
        let tokens = CommandText(text[...]).tokens
        let program = "\(settings.commands.symbolPrefixes.first ?? "!")draupnir"
        guard !tokens.isEmpty else { return nextStep(of: HelpCommand.description.name, run, sender) }
        switch CommandCatalogue.table.lookup(tokens) {
        case .found(let entry, _, let rest): return step(of: entry, Array(rest), run, sender, program)
        case .incomplete(let words, let candidates):
            return .finish(
                CommandReport(
                    .failure,
                    Document {
                        "\(code: words.joined(separator: " ")) is not a whole command. These begin so:"
                        Block.list(candidates.map { "\(code: "\(program) \($0.usage)") - \($0.summary)" })
                    }
                )
            )
        case .unknown(let typed, let suggestions):
            return .finish(
                CommandReport(
                    .failure,
                    Document {
                        "There is no command \(code: typed)."
                        if suggestions.isEmpty {
                            "\(code: "\(program) help") lists them."
                        } else {
                            "Did you mean \(code: "\(program) \(suggestions[0].usage)")?"
                        }
                    }
                )
            )
        }
    }

    private func step(
        of entry: CommandTable<CommandCatalogue.Entry>.Entry,
        _ tokens: [Token],
        _ run: Run,
        _ sender: UserID,
        _ program: String
    ) -> CommandStep {
        switch entry.command {
        case .notBuilt(let description):
            return .finish(
                CommandReport(
                    .failure,
                    Document {
                        "\(code: description.name) is a command of Draupnir that this version does not have yet."
                    }
                )
            )
        case .command(let command):
            do throws(ArgumentError) {
                let arguments = try command.description.parse(tokens)
                return command.init(arguments).step(run.answers, context(for: run, sender, program))
            } catch {
                let report = ArgumentReport(error, in: command.description, tokens: tokens, program: program)
                return .finish(CommandReport(.failure, Document(report)))
            }
        }
    }

    private mutating func follow(_ directive: Directive) {
        switch directive {
        case .pause: queue.isPaused = true
        case .resume: queue.isPaused = false
        case .release(let rule): release(rule)
        }
        write(.paused, .boolean(queue.isPaused))
    }

    private func context(for run: Run, _ sender: UserID, _ program: String) -> CommandContext {
        CommandContext(
            bot: bot,
            rooms: rooms,
            policies: policies,
            previews: previews[run.key] ?? [:],
            held: heldRules.compactMap { held in
                policies[rule: held.id].map { HeldFact(rule: $0, number: held.number, why: held.why) }
            },
            inFlight: queue.rowsInFlight.map(\.action),
            status: statusFacts,
            sender: sender,
            program: program
        )
    }
}
