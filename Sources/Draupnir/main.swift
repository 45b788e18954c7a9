import CommandGrammar
import Glibc

let shell = Shell()
do throws(ProgramError) {
    switch try Shell.program.read(Array(CommandLine.arguments.dropFirst())) {
    case .answer(let text): shell.write(text)
    case .run(let command, let arguments): exit(await command.run(arguments, shell).rawValue)
    }
} catch {
    shell.complain(error.text)
    exit(
        SetupFlags.ownsWords(CommandLine.arguments.dropFirst()) ? ExitCode.wrongFlags.rawValue : ProgramError.exitStatus
    )
}
