import Observability
import YAML

/// Answers to setup's questions from a file: flags without their dashes, each with a text or a list of texts.
package enum Answers {
    package struct Problem: Error, Equatable {
        package let text: String
    }

    /// By flag, in the order of the file.
    package static func read(_ path: String) throws(Problem) -> [(flag: String, values: [String])] {
        let content: FileContent
        do throws(FileError) { content = try FileContent(readingFrom: path, atMost: 1 << 20) } catch {
            throw Problem(text: "\(printable(path)): \(error.text)")
        }
        let document: YAMLDocument
        do throws(YAMLError) { document = try parseYAML(content.bytes, file: path) } catch {
            throw Problem(text: "\(error)")
        }
        if let fault = document.faults.first { throw Problem(text: "\(fault)") }
        switch document.root.value {
        case .null: return []
        case .mapping(let entries):
            var answers: [(String, [String])] = []
            for entry in entries { answers.append((entry.key, try values(entry, path))) }
            return answers
        case .bool, .integer, .double, .string, .sequence:
            throw Problem(
                text: "\(printable(path)): expected flags with their values, such as “homeserver: example.org”"
            )
        }
    }

    private static func values(_ entry: Node.Entry, _ path: String) throws(Problem) -> [String] {
        if case .null = entry.value.value { return [] }
        if let text = entry.value.text { return [text] }
        if case .sequence(let elements) = entry.value.value {
            let texts = elements.compactMap(\.text)
            if texts.count == elements.count { return texts }
        }
        let place = "\(printable(path)):\(entry.keyPosition.line): \(printable(entry.key, limit: 60))"
        throw Problem(text: "\(place): expected a text or a list of texts; an alias or room must stand in quotes")
    }
}
