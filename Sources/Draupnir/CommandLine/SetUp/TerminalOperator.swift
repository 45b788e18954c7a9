import Observability
import Setup
import Terminal

/// The person at the terminal, or nobody.
struct TerminalOperator: Operator {
    private let shell: Shell
    private let input = TerminalInput()
    private let progressOnErrorOutput: Bool
    let answers: Bool

    /// Without a terminal nobody is asked.
    init(shell: Shell, mayAsk: Bool, progressOnErrorOutput: Bool) {
        self.shell = shell
        self.progressOnErrorOutput = progressOnErrorOutput
        answers = mayAsk && input.isTerminal
    }

    func ask(_ question: Question) async throws(OperatorGone) -> String {
        guard answers else { throw OperatorGone() }
        while true {
            let hint = question.standard.map { $0.isEmpty ? "" : " [\($0)]" } ?? ""
            put("\(question.text)\(hint): ")
            guard let line = input.line(isSecret: question.isSecret) else { throw OperatorGone() }
            var answer = line.trimmingBlanks
            if answer.isEmpty, let standard = question.standard { answer = standard }
            guard let objection = question.objection(answer) else { return answer }
            put("  \(printable(objection))\n")
        }
    }

    /// With a QR code where lines of the terminal hold one.
    func show(link: String) {
        if let width = terminalWidth(), let code = qrCode(link), code.prefix(while: { $0 != "\n" }).count <= width {
            put(code)
        }
        tell(link)
    }

    func tell(_ line: String) { put(printableLines(line) + "\n") }

    private func put(_ text: String) {
        if progressOnErrorOutput { shell.complain(text) } else { shell.write(text) }
    }
}

extension String {
    fileprivate var trimmingBlanks: String {
        let isBlank: (UInt8) -> Bool = { $0 == 0x20 || $0 == 0x09 }
        let bytes = utf8
        guard let start = bytes.firstIndex(where: { !isBlank($0) }), let end = bytes.lastIndex(where: { !isBlank($0) })
        else {
            return ""
        }
        return String(self[start...end])
    }
}
