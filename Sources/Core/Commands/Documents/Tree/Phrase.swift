package import CommandGrammar
package import MatrixCore

/// Running text, written as a string literal whose interpolations are escaped, linked and set as what they are:
/// `"Banned \(user) from \(room) for \(code: reason)"`.
package struct Phrase: Sendable, Equatable {
    package var inlines: [Inline]

    package init(_ inlines: [Inline] = []) { self.inlines = inlines }

    /// Text from elsewhere; line ends in it are blanks.
    package init(_ text: String) { inlines = text.isEmpty ? [] : [.text(text)] }

    package var isEmpty: Bool { inlines.isEmpty }

    package static func + (left: Phrase, right: Phrase) -> Phrase { Phrase(left.inlines + right.inlines) }
    package static func += (left: inout Phrase, right: Phrase) { left.inlines += right.inlines }

    package static func bold(_ phrase: Phrase) -> Phrase { Phrase([.bold(phrase)]) }
    package static func italic(_ phrase: Phrase) -> Phrase { Phrase([.italic(phrase)]) }
    package static func code(_ text: String) -> Phrase { Phrase([.code(text)]) }
    package static func coloured(_ phrase: Phrase, _ colour: Colour) -> Phrase { Phrase([.coloured(phrase, colour)]) }
    package static var lineBreak: Phrase { Phrase([.lineBreak]) }
}

extension Phrase: ExpressibleByStringInterpolation {
    /// A line end in the literal is a line break.
    package init(stringLiteral value: String) {
        var interpolation = StringInterpolation(literalCapacity: 0, interpolationCount: 0)
        interpolation.appendLiteral(value)
        inlines = interpolation.inlines
    }

    package init(stringInterpolation: StringInterpolation) { inlines = stringInterpolation.inlines }

    package struct StringInterpolation: StringInterpolationProtocol {
        var inlines: [Inline] = []

        package init(literalCapacity: Int, interpolationCount: Int) {}

        package mutating func appendLiteral(_ literal: String) {
            for (number, line) in literal.unicodeScalars.split(separator: "\n", omittingEmptySubsequences: false)
                .enumerated()
            {
                if number > 0 { inlines.append(.lineBreak) }
                if !line.isEmpty { append(String(Substring(line))) }
            }
        }

        /// Neighbouring texts become one, so that what begins a line is seen whole.
        private mutating func append(_ text: String) {
            guard !text.isEmpty else { return }
            if case .text(let before)? = inlines.last {
                inlines[inlines.count - 1] = .text(before + text)
            } else {
                inlines.append(.text(text))
            }
        }

        package mutating func appendInterpolation(_ text: String) { append(text) }
        package mutating func appendInterpolation(_ number: some BinaryInteger) { append("\(number)") }
        package mutating func appendInterpolation(_ phrase: Phrase) { inlines += phrase.inlines }
        package mutating func appendInterpolation(code: String) { inlines.append(.code(code)) }
        package mutating func appendInterpolation(bold: Phrase) { inlines.append(.bold(bold)) }
        package mutating func appendInterpolation(italic: Phrase) { inlines.append(.italic(italic)) }

        package mutating func appendInterpolation(_ phrase: Phrase, in colour: Colour) {
            inlines.append(.coloured(phrase, colour))
        }

        package mutating func appendInterpolation(link text: Phrase, to url: String) {
            inlines.append(.link(text, to: url))
        }

        package mutating func appendInterpolation(_ user: UserID, named name: String? = nil) {
            inlines.append(.user(user, name: name))
        }

        package mutating func appendInterpolation(_ room: RoomReference, named name: String? = nil) {
            inlines.append(.room(room, name: name))
        }

        package mutating func appendInterpolation(_ room: RoomID, named name: String? = nil) {
            inlines.append(.room(RoomReference(room), name: name))
        }

        package mutating func appendInterpolation(_ alias: RoomAlias) {
            inlines.append(.room(RoomReference(.alias(alias)), name: nil))
        }

        package mutating func appendInterpolation(_ event: EventReference, labelled label: Phrase = "message") {
            inlines.append(.event(event, label: label))
        }

        package mutating func appendInterpolation(_ server: ServerName) { inlines.append(.code(server.rawValue)) }

        package mutating func appendInterpolation(_ pattern: UserPattern) {
            switch pattern {
            case .user(let user): inlines.append(.user(user, name: nil))
            case .glob(let glob): inlines.append(.code(glob.text))
            }
        }

        package mutating func appendInterpolation(_ pattern: ServerPattern) {
            inlines.append(.code(pattern.description))
        }

        package mutating func appendInterpolation(_ entity: Entity) {
            switch entity {
            case .user(let pattern): appendInterpolation(pattern)
            case .room(let room): appendInterpolation(room)
            case .server(let pattern): appendInterpolation(pattern)
            }
        }
    }
}
