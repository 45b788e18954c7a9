import CommandGrammar
import MatrixCore

extension EventReference {
    var link: String { Permalink(.event(event, in: room)).text }
}
