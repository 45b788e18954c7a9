import MatrixCore
import Observability

/// Asks for what no flag has said, shows what will be done, and has it confirmed.
struct Dialogue {
    let tools: SetupTools
    let steps: [any SetupStep]

    /// Where the files go, which has to be known before all else: an earlier run may have begun there.
    func folder(_ wishes: inout SetupWishes) async throws(StepFailure) -> SetupFolder {
        if wishes.directory == nil, tools.person.answers {
            let standard = SetupWishes.standardDirectory
            wishes.directory = try await ask(Question("directory", "Directory for the bot's files", standard: standard))
        }
        return SetupFolder(wishes.directory ?? SetupWishes.standardDirectory)
    }

    func complete(_ run: inout SetupRun) async throws(StepFailure) {
        try await findServer(&run)
        guard let server = run.server else { return }
        if run.progress.user == nil { try await askForAccount(&run, server) }
        try await findManager(&run)
        if steps.contains(where: { $0 is MakeFirstList }) { try await askForRooms(&run, server) }
        try await confirm(run)
    }

    func ask(_ question: Question) async throws(StepFailure) -> String {
        do throws(OperatorGone) { return try await tools.person.ask(question) } catch {
            throw StepFailure(
                "questions",
                "nobody answers any more",
                cure: "run the same again, or give --\(question.flag) and --non-interactive",
                kind: .usage
            )
        }
    }

    /// Looked for at once, so that a mistyped name is mended before the next question.
    private func findServer(_ run: inout SetupRun) async throws(StepFailure) {
        let isGiven = run.wishes.homeserver != nil
        while true {
            if run.wishes.homeserver == nil {
                run.wishes.homeserver = try await ask(
                    Question(
                        "homeserver",
                        "Your homeserver: its name (example.org), or the URL that clients connect to"
                    ) {
                        HomeserverAddress($0) == nil ? "This is neither a server name nor a URL." : nil
                    }
                )
            }
            do throws(StepFailure) {
                for line in try await FindServer().perform(&run, tools) { tools.person.tell("  \(line)") }
                return
            } catch {
                guard !isGiven else { throw error }
                tools.person.tell(error.text)
                run.wishes.homeserver = nil
            }
        }
    }

    private func askForAccount(_ run: inout SetupRun, _ server: ServerFacts) async throws(StepFailure) {
        let questions = AccountQuestions(hasServiceCommand: tools.findsServiceCommand(server), ask: ask)
        try await questions.complete(&run.wishes, server)
    }

    private func findManager(_ run: inout SetupRun) async throws(StepFailure) {
        let needsOne = steps.contains { $0 is MakeManagementRoom } && run.progress.managementRoom == nil
        guard needsOne, run.wishes.managers.isEmpty, run.wishes.managementRoom == nil, let homeserver = run.homeserver
        else {
            return
        }
        while true {
            let answer = try await ask(
                Question("manager", "Who commands the bot: your own user ID, such as @you:example.org") {
                    (try? UserID(parsing: $0)) == nil ? "A user ID begins with @ and ends with a server's name." : nil
                }
            )
            guard let user = try? UserID(parsing: answer) else { continue }
            if let exists = try? await homeserver.profileExists(user), !exists {
                tools.person.tell("  There is no account \(user).")
                continue
            }
            run.wishes.managers = [user]
            return
        }
    }

    private func askForRooms(_ run: inout SetupRun, _ server: ServerFacts) async throws(StepFailure) {
        if run.wishes.list == nil, run.progress.list == nil {
            let question = Question(
                "list",
                "Short name of the first policy list",
                standard: MakeFirstList.standardShortcode
            ) {
                $0.utf8.contains { $0 <= 0x20 } ? "A short name has no blanks." : nil
            }
            run.wishes.list = try await ask(question)
        }
        let isAsked = run.wishes.protect.isEmpty && run.wishes.protectSpaces.isEmpty && !run.wishes.protectsJoined
        guard isAsked, !run.progress.done.contains("rooms") else { return }
        run.wishes.protect = try await rooms(
            "protect",
            "Rooms to protect, with blanks between them (none now: just Enter)"
        )
        run.wishes.protectSpaces = try await rooms("protect-space", "Spaces whose rooms to protect (none: just Enter)")
    }

    private func rooms(_ flag: String, _ text: String) async throws(StepFailure) -> [RoomReference] {
        @Sendable func read(_ answer: String) -> [(String, RoomReference?)] {
            answer.split(separator: " ").map { (String($0), RoomReference(parsing: String($0))) }
        }
        let answer = try await ask(
            Question(flag, text, standard: "") { answer in
                let bad = read(answer).first { $0.1 == nil }
                return bad.map { "\(printable($0.0)) is not a room: write !id, #alias:server or a link." }
            }
        )
        return read(answer).compactMap(\.1)
    }

    private func confirm(_ run: SetupRun) async throws(StepFailure) {
        let lines = steps.flatMap { step in step is FindServer ? [] : step.plan(run) }
        tools.person.tell("\nThis will be done\(run.wishes.isDryRun ? " (dry run: only told)" : ""):")
        for line in lines { tools.person.tell("  - \(line)") }
        guard try await agrees("go on", "\nGo on?", standard: true, ask) else {
            throw StepFailure(
                "questions",
                "stopped by you; nothing was changed",
                cure: "run setup again whenever you like"
            )
        }
    }
}

/// Yes or no.
func agrees(
    _ flag: String,
    _ text: String,
    standard: Bool,
    _ ask: (Question) async throws(StepFailure) -> String
) async throws(StepFailure) -> Bool {
    let answer = try await ask(
        Question(flag, text, standard: standard ? "Y/n" : "y/N") { answer in
            ["y", "yes", "n", "no", "y/n"].contains(answer.lowercased()) ? nil : "Please answer y or n."
        }
    )
    return answer.lowercased() == "y/n" ? standard : answer.lowercased().hasPrefix("y")
}
