import FoundationEssentials
import Setup
import Synchronization
import TestSupport
import Testing

/// What setup makes of every recorded run of `mas-cli`, from its output to the words that the operator reads.
///
/// `Tests/Fixtures/told/mas-cli.txt` holds the words; after a change run this with `REWRITE_TOLD=1` and read the difference.
/// A failure of a command that setup only prints is told as if one that it runs had ended so.
@Suite(.timeLimit(.minutes(2))) struct RecordedCommandTests {
    private static let files = ["cli", "cli_doctor", "cli_outage", "features_off"]

    @Test func `every run of the command that can meet setup is told with its cure`() async throws {
        var told: [String] = []
        for file in Self.files {
            for command in try RecordedCommand.all(in: "mas", file + ".json") {
                guard let outputs = try Self.outputs(with: command) else { continue }
                // Of a name that is there already it counts whether the operator has named it.
                let isTaken = command.standardError.contains("User already exists")
                for isNamed in isTaken ? [true, false] : [true] {
                    let text = try await Self.told(command, outputs, isNamed: isNamed)
                    told.append("== \(file): \(command.name)\(isNamed ? "" : ", and nobody has named it")\n" + text)
                }
            }
        }
        let path = Recording.fixtures("told/mas-cli.txt")
        if ProcessInfo.processInfo.environment["REWRITE_TOLD"] != nil {
            try told.joined(separator: "\n").write(toFile: path, atomically: true, encoding: .utf8)
        }
        let expected = try String(contentsOfFile: path, encoding: .utf8).components(separatedBy: "\n\n")
        #expect(told.count == expected.count)
        for (said, expected) in zip(told, expected) {
            #expect(said.trimmed == expected.trimmed)
        }
    }

    private static func told(
        _ command: RecordedCommand,
        _ outputs: [CommandOutput],
        isNamed: Bool
    ) async throws -> String {
        try await RecordedWorld.with { world in
            world.bench.commands.withLock { $0 = outputs }
            if command.exitStatus == nil {
                world.bench.commandFailure.withLock { $0 = .timedOut(standardError: command.standardError) }
            }
            let outcome = await world.obtain { wishes in
                RecordedWay.command.fill(&wishes, world.bench)
                wishes.serviceCommand = "docker exec mas mas-cli"
                wishes.isProposedName = !isNamed
            }
            let isFine = command.exitStatus == 0 || command.standardError.contains("User already exists") && isNamed
            #expect(outcome.failure != nil || isFine, "a failed command is no success")
            return outcome.failure?.text ?? "no failure\n"
        }
    }

    /// What the three commands that setup runs end with, the recorded one among them; nil of a success of another command.
    private static func outputs(with command: RecordedCommand) throws -> [CommandOutput]? {
        let recorded = CommandOutput(
            exitStatus: Int32(command.exitStatus ?? -1),
            standardOutput: command.standardOutput,
            standardError: command.standardError
        )
        let taken = try RecordedWorld.said("cli", "register-user: name taken")
        let issued = try RecordedWorld.said("cli", "issue-compatibility-token: success with device id")
        let provisioned = try RecordedWorld.said("cli", "provision-all-users")
        switch command.words.dropFirst(2).first {
        case "register-user": return [recorded, issued, provisioned]
        case "issue-compatibility-token": return [taken, recorded, provisioned]
        case "provision-all-users": return [taken, issued, recorded]
        default: return command.exitStatus == 0 ? nil : [recorded]
        }
    }
}

extension String {
    fileprivate var trimmed: Substring {
        var text = self[...]
        while text.utf8.last == UInt8(ascii: "\n") { text.removeLast() }
        return text
    }
}
