import CommandGrammar
import Commands
import JSON
import MatrixCore
import Observability
import PolicyEngine
import Protections
import RoomState

/// Running a command, step by step, from its text to its reply.
extension ModerationState {
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
