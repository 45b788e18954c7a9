import CommandGrammar
import Configuration
import Glibc
import Observability
import Setup

/// `draupnir setup files`: the systemd unit, and what a proxy needs.
struct ServiceFilesProgram {
    static let program = Option(
        "program",
        .text,
        "the installed program; this one where it is left out",
        valueName: "FILE"
    )
    static let user = Option(
        "user",
        .text,
        "the account that the bot is to run as; draupnir where it is left out",
        valueName: "NAME"
    )

    static let description = CommandDescription(
        "setup files",
        "writes a systemd unit, and what nginx or Caddy has to pass on",
        arguments: [SetupFlags.directory, program, user],
        details: "They are written beside production.yaml, and installed nowhere.",
        examples: ["setup files --directory /etc/draupnir --program /usr/local/bin/draupnir"]
    )

    let shell: Shell

    func run(_ arguments: ParsedArguments) -> ExitCode {
        let files = SystemFiles()
        let folder = SetupFolder(files.absolute(arguments[SetupFlags.directory] ?? SetupWishes.standardDirectory))
        let read = YAMLConfigurationFile().read(folder.configuration, accessTokenFile: folder.accessToken)
        guard let settings = read.settings else {
            shell.complain(read.problems.map { $0 + "\n" }.joined() + "  → set the bot up first: draupnir setup\n")
            return .failure
        }
        let user = arguments[Self.user] ?? "draupnir"
        guard !user.isEmpty, user.utf8.allSatisfy({ isNameByte($0) }) else {
            shell.complain(
                "--user \(printable(user)) is not a name that an account can have: use a to z, digits, _ and -.\n"
            )
            return .wrongFlags
        }
        let made = ServiceFiles(
            settings: settings,
            program: files.absolute(arguments[Self.program] ?? ownPath),
            configuration: folder.configuration,
            accessTokenFile: folder.accessToken,
            user: user
        )
        do throws(FileFailure) {
            for (name, text) in made.texts {
                try files.write(Array(text.utf8), to: "\(folder.path)/\(name)", isSecret: false)
                shell.write("wrote \(folder.path)/\(name)\n")
            }
        } catch {
            shell.complain("\(error.path): \(error.problem)\n")
            return .failure
        }
        shell.write("To run the bot as a service, as root:\n")
        shell.write("    cp \(shellWord(folder.path + "/draupnir.service")) /etc/systemd/system/\n")
        shell.write(made.unit.installation.map { $0 + "\n" }.joined())
        return .success
    }

    private func isNameByte(_ byte: UInt8) -> Bool {
        (0x61...0x7A).contains(byte) || (0x30...0x39).contains(byte) || "_-".utf8.contains(byte)
    }

    private var ownPath: String {
        var buffer = [UInt8](repeating: 0, count: 4_096)
        let count = unsafe buffer.withUnsafeMutableBytes { bytes in
            guard let start = unsafe bytes.bindMemory(to: CChar.self).baseAddress else { return -1 }
            return unsafe readlink("/proc/self/exe", start, bytes.count)
        }
        return count > 0 ? String(decoding: buffer.prefix(count), as: UTF8.self) : "/usr/local/bin/draupnir"
    }
}
