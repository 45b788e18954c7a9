import CommandGrammar
import Configuration
import HTTPClient
import JSON
import MatrixClient
import Moderation
import Observability
import Setup

/// `draupnir setup`, and its steps as commands of their own.
struct SetupProgram {
    let shell: Shell
    let steps: [any SetupStep]
    /// The command's own words, to read answers as if they were flags.
    let words: [String]

    func run(_ given: ParsedArguments) async -> ExitCode {
        let arguments: ParsedArguments
        switch withAnswers(given) {
        case .success(let merged): arguments = merged
        case .failure(let problem):
            shell.complain(problem.text)
            return .wrongFlags
        }
        let isJSON = arguments[SetupFlags.json]
        let mayAsk = !arguments[SetupFlags.nonInteractive]
        let person = TerminalOperator(shell: shell, mayAsk: mayAsk, progressOnErrorOutput: isJSON)
        var wishes = SetupFlags.wishes(arguments)
        wishes.logsInAnew = words == SetupFlags.logIn.path
        let rehearsal = wishes.isDryRun ? Rehearsal { person.tell("would ask: \($0)") } : nil
        guard let http = try? HTTPClient() else {
            shell.complain("No connection can be made: libcurl does not start.\n")
            return .failure
        }
        let tools = SetupTools(
            homeservers: HTTPHomeservers(http: http, version: programVersion, rehearsal: rehearsal),
            person: person,
            files: SystemFiles(),
            configuration: YAMLConfigurationFile(),
            commands: SystemCommands(),
            clock: SystemSetupClock()
        )
        let report = await Setup(tools, steps: steps).run(wishes)
        await http.shutDown()
        show(report, rehearsal, isJSON)
        return ExitCode(rawValue: report.exitStatus) ?? .failure
    }

    private func show(_ report: SetupReport, _ rehearsal: Rehearsal?, _ isJSON: Bool) {
        if isJSON {
            var json = report.json
            if case .object(var object) = json, let rehearsal {
                object["requests"] = .array(rehearsal.requests.map { .string($0) })
                json = .object(object)
            }
            shell.write(String(decoding: json.encoded(), as: UTF8.self) + "\n")
            if !report.text.isEmpty { shell.complain(printableLines(report.text)) }
        } else {
            shell.write(printableLines(report.text))
        }
        if let failure = report.failure { shell.complain(printableLines(failure.text)) }
    }

    private struct BadAnswers: Error { let text: String }

    /// Reads the answers as if they stood before the flags; a flag that is given counts instead.
    private func withAnswers(_ given: ParsedArguments) -> Result<ParsedArguments, BadAnswers> {
        guard let path = given[SetupFlags.answers] else { return .success(given) }
        var answered: [String] = []
        do throws(Answers.Problem) {
            for (flag, values) in try Answers.read(path) {
                let name = "--\(flag)"
                guard !given.items.contains(where: { $0 == name || $0.hasPrefix("\(name)=") }) else { continue }
                answered += values.isEmpty ? [name] : values.map { "\(name)=\($0)" }
            }
        } catch {
            return .failure(BadAnswers(text: error.text + "\n"))
        }
        do throws(ProgramError) {
            guard case .run(_, let merged) = try Shell.program.read(words + answered + given.items) else {
                return .success(given)
            }
            return .success(merged)
        } catch {
            return .failure(BadAnswers(text: "\(path): \(error.text)"))
        }
    }
}
