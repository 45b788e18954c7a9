import CommandGrammar
import Configuration
import Glibc
import HTTPClient
import JSON
import MatrixClient
import Moderation
import Observability
import Setup
import Terminal

/// `draupnir doctor`: every check, and what cures what it finds.
struct DoctorProgram {
    static let configuration = Option("draupnir-config", .text, "the bot's configuration", valueName: "FILE")
    static let accessToken = Option(
        "access-token-path",
        .text,
        "the file of the access token; secrets/access-token beside the configuration where it is left out",
        valueName: "FILE"
    )
    static let adminToken = Option(
        "admin-access-token-file",
        .text,
        "a server admin's access token, to read and lift limits with",
        valueName: "FILE"
    )
    static let fix = Flag("fix", "does what is safe, and tells each before")
    static let json = Flag("json", "writes one JSON object")
    static let all = Flag("all", "shows also what is well, one line each")

    static let description = CommandDescription(
        "doctor",
        "checks everything that the bot depends on, beside a running bot or without one",
        arguments: [configuration, accessToken, adminToken, fix, all, json],
        details:
            "Without --fix it changes nothing; it only notes beside the configuration, in doctor-notes.json, which rooms are protected,"
            + " to tell the next time which were lost. It ends with 1 where a check failed, and else with 0.",
        examples: [
            "doctor --draupnir-config draupnir/production.yaml",
            "doctor --fix --draupnir-config draupnir/production.yaml",
        ]
    )

    let shell: Shell

    func run(_ arguments: ParsedArguments) async -> ExitCode {
        guard let path = arguments[Self.configuration] else {
            shell.complain("No configuration is named: draupnir doctor --draupnir-config FILE\n")
            return .wrongFlags
        }
        do throws(FileFailure) {
            guard try SystemFiles().read(path, atMost: 1 << 20) != nil else {
                shell.complain(
                    "There is no file \(printable(path)): name the bot's configuration, or make one with draupnir setup.\n"
                )
                return .wrongFlags
            }
        } catch {
            shell.complain("The configuration \(printable(path)) \(error.problem).\n")
            return .wrongFlags
        }
        guard let http = try? HTTPClient() else {
            shell.complain("No connection can be made: libcurl does not start.\n")
            return .failure
        }
        let isJSON = arguments[Self.json]
        let tools = SetupTools(
            homeservers: HTTPHomeservers(http: http, version: programVersion),
            person: TerminalOperator(shell: shell, mayAsk: false, progressOnErrorOutput: isJSON),
            files: SystemFiles(),
            configuration: YAMLConfigurationFile(),
            commands: SystemCommands(),
            clock: SystemSetupClock()
        )
        let doctor = Doctor(
            tools,
            configuration: path,
            accessTokenFile: arguments[Self.accessToken],
            adminTokenFile: arguments[Self.adminToken]
        )
        var facts = await doctor.facts()
        if arguments[Self.fix] {
            await doctor.fix(facts)
            facts = await doctor.facts()
        }
        doctor.remember(facts)
        await http.shutDown()
        let results = facts.results
        if isJSON {
            let object: JSONValue = ["checks": .array(results.map(\.json))]
            shell.write(String(decoding: object.encoded(), as: UTF8.self) + "\n")
        } else {
            shell.write(printableLines(text(results, showsAll: arguments[Self.all])))
            if !facts.configuration.isRead {
                shell.write(
                    "Not looked at while the configuration cannot be read: homeserver, token, account, rights, limits, rooms,"
                        + " lists.\n"
                )
            } else if facts.server == nil {
                shell.write(
                    "Not looked at while the homeserver does not answer: token, account, rights, limits, rooms, lists.\n"
                )
            } else if facts.identity == nil {
                shell.write("Not looked at without a token that works: account, rights, limits, rooms, lists.\n")
            }
        }
        return results.contains { $0.grade == .fail } ? .failure : .success
    }

    private func text(_ results: [CheckResult], showsAll: Bool) -> String {
        var table = Table()
        for result in results where showsAll || result.grade != .ok {
            table.add(
                result.code,
                mark(result.grade),
                "\(printable(result.object, limit: 80)): \(printable(result.cause, limit: 400))"
            )
            for line in result.cure { table.add("", "", oneLine(line.hasPrefix("    ") ? line : "→ \(line)")) }
        }
        let counts = [CheckResult.Grade.ok, .warn, .fail].map { grade in
            "\(results.count { $0.grade == grade }) \(mark(grade))"
        }
        return table.text(width: terminalWidth() ?? 100) + counts.joined(separator: ", ") + "\n"
    }

    private func mark(_ grade: CheckResult.Grade) -> String { grade.rawValue.uppercased() }
}
