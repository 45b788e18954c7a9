import JSON
import Testing

/// The fields of an event, by their place in the plan.
enum Field {
    static let type = 0
    static let sender = 1
    static let content = 2
    static let stateKey = 3
    static let time = 4
    static let membership = 5
}

let fields = [
    ScanField("type", as: .text, isRequired: true), ScanField("sender", as: .text, isRequired: true),
    ScanField("content", as: .object, isRequired: true), ScanField("state_key", as: .text),
    ScanField("time", as: .integer), ScanField("content", "membership", as: .text),
]

let plan = [
    ScanPath("rooms.join.*.timeline.events[]", fields: fields),
    ScanPath("rooms.join.*.state.events[]", fields: fields),
    ScanPath("next", as: .text),
    ScanPath("rooms.join.*.timeline.limited", as: .boolean),
]

/// What a test looks at: an element as a value.
struct Found: Equatable {
    var path = 0
    var status: ElementStatus
    var type: String?
    var sender: String?
    var keys: [String]
    var text: String
}

func found(_ scan: borrowing Scan, in bytes: [UInt8]) -> [Found] {
    var all: [Found] = []
    scan.forEach { element in
        all.append(
            Found(
                path: element.path,
                status: element.status,
                type: element.string(Field.type),
                sender: element.string(Field.sender),
                keys: scan.keys(of: element),
                text: String(decoding: bytes[element.range], as: UTF8.self)
            )
        )
    }
    return all
}

func scan(_ text: String) throws -> [Found] {
    let bytes = Array(text.utf8)
    return try JSONScanner(plan).scan(OwnedPaddedBytes(bytes)) { scan in found(scan, in: bytes) }
}

func sync(_ events: String) -> String {
    #"{"next":"s2","rooms":{"join":{"!r:x":{"timeline":{"events":[\#(events)],"limited":true}}}}}"#
}

let good = #"{"type":"t","sender":"@a:x","time":5,"content":{"body":"hi"}}"#

@Suite struct ScannerTests {
    @Test func `finds fields, bytes, nested fields and the element's own place`() throws {
        let text = sync(
            #"{"content" : { "membership": "join" , "x":[1,{}]} , "type":"m","sender":"@a:x","state_key":"@b:x","time":-7} "#
        )
        let bytes = Array(text.utf8)
        let isRight = try JSONScanner(plan).scan(OwnedPaddedBytes(bytes)) { scan in
            var isRight = false
            scan.forEach { element in
                guard element.path == 0 else { return }
                let content = element.bytes(Field.content).map { String(decoding: bytes[$0], as: UTF8.self) }
                isRight =
                    element.status == .ok && content == #"{ "membership": "join" , "x":[1,{}]}"#
                    && element.string(Field.membership) == "join" && element.integer(Field.time) == -7
                    && bytes[element.range].last == UInt8(ascii: "}")
            }
            return isRight
        }
        #expect(isRight)
    }

    @Test func `finds the elements of every path with the keys of its wildcards`() throws {
        let all = try scan(sync(good))
        #expect(all.map(\.path) == [2, 0, 3])
        #expect(all.map(\.keys) == [[], ["!r:x"], ["!r:x"]])
        #expect(all.map(\.text) == [#""s2""#, good, "true"])
    }

    @Test(arguments: [
        (#"{"type":7,"sender":"@a:x","content":{}}"#, ElementStatus.badField),
        (#"{"type":"\ud800","sender":"@a:x","content":{}}"#, .badField),
        (#"{"type":"\udc00\ud800","sender":"@a:x","content":{}}"#, .badField),
        (#"{"type":"\x","sender":"@a:x","content":{}}"#, .badField),
        (#"{"type":"t","sender":"@a:x","content":{},"time":99999999999999999999}"#, .badField),
        (#"{"type":"t","sender":"@a:x","content":{},"time":1.0}"#, .badField),
        (#"{"type":"t","sender":"@a:x","content":{},"time":01}"#, .badField),
        (#"{"type":"t","sender":"@a:x","content":[]}"#, .badField),
        (#"{"type":"t","sender":"@a:x","content":null}"#, .badField),
        (#"{"type":"t","content":{}}"#, .missingField),
        (#"{"type":"t" "sender":"@a:x","content":{}}"#, .malformed),
        (#"{"type":"t","sender":"@a:x",,"content":{}}"#, .malformed),
        (#"{"type":"t","sender":"@a:x","content":{},}"#, .malformed),
        (#"{"type","sender":"@a:x","content":{}}"#, .malformed),
        (#""no object""#, .wrongType),
        ("[[]]", .wrongType),
        ("null", .wrongType),
    ])
    func `one bad element costs only itself`(_ element: String, status: ElementStatus) throws {
        let events = try scan(sync("\(good),\(element) ,\(good)")).filter { $0.path == 0 }
        #expect(events.map(\.status) == [.ok, status, .ok])
        #expect(events[1].text == element)
    }

    @Test func `escapes are replaced, in names too`() throws {
        let event = #"{"t\u0079pe":"m.\u0072\ud83d\ude00\n","sender":"@\"q\":x","content":{}}"#
        let found = try scan(sync(event)).filter { $0.path == 0 }
        #expect(found.first?.type == "m.r😀\n")
        #expect(found.first?.sender == "@\"q\":x")
    }

    @Test(arguments: [
        (sync(#"{"type":"a","sender":"s","content":{"membership":"x"},"type":"b","content":{}}"#), ["b"]),
        (#"{"rooms":{"join":{"!r":{"timeline":{"events":[\#(good)]}}}},"rooms":{}}"#, []),
        (#"{"rooms":{},"rooms":{"join":{"!r":{"timeline":{"events":[\#(good)]}}}}}"#, ["t"]),
        (
            #"{"rooms":{"join":{"!r":{"timeline":{"events":[\#(good)],"events":[]}},"!r":{"timeline":{"events":[\#(good)]}}}}}"#,
            ["t"]
        ),
    ])
    func `of two members of one name the last counts`(text: String, types: [String]) throws {
        #expect(try scan(text).filter { $0.path == 0 }.map(\.type) == types)
    }

    @Test(arguments: [
        (#"{"rooms":null,"next":"n"}"#, [0, 1, 3], true),
        (#"{"rooms":[1,{"a":[]}],"next":"n"}"#, [0, 1, 3], false),
        (#"{"rooms":{"join":{"!r":null}},"next":"n"}"#, [0, 1, 3], true),
        (#"{"rooms":{"join":{"!r":{"timeline":{"events":{}}}}},"next":"n"}"#, [0], false),
        (#"{"rooms":{"join":{"!r":{"timeline":{"events":null}}}},"next":"n"}"#, [0], true),
        (#"{"rooms":{"join":{}},"next":"n"}"#, [], false),
    ])
    func `a null or a wrong type on a path is a gap and no refusal`(text: String, paths: [Int], isNull: Bool) throws {
        let bytes = Array(text.utf8)
        let (gaps, all) = try JSONScanner(plan).scan(OwnedPaddedBytes(bytes)) { scan in
            (scan.gaps, found(scan, in: bytes))
        }
        #expect(gaps.map(\.path).sorted() == paths)
        #expect(gaps.allSatisfy { $0.isNull == isNull })
        #expect(all.map(\.path) == [2])
    }

    @Test(
        arguments: [
            ("", .empty), ("  ", .empty), ("{} {}", .badStructure), (#"{"rooms": {"join": "#, .badStructure),
            (#"{"rooms":{"join":{"!r":{"timeline":{"events":[{]}}}}}"#, .badStructure), (#"{"a":"b"#, .openString),
            ("{\"a\":\"\u{1}\"}", .controlCharacter), ("]", .badStructure), (",", .badStructure), ("{", .badStructure),
            ("\u{0}", .badStructure),
        ] as [(String, JSONError)]
    )
    func `a body that is no document is refused`(text: String, error: JSONError) {
        #expect(throws: error) { try scan(text) }
    }

    @Test func `a body that is not UTF-8 is refused`() {
        #expect(throws: JSONError.notUTF8) {
            try JSONScanner(plan).scan(OwnedPaddedBytes(Array(#"{"a":""#.utf8) + [0xFF, 0x22, 0x7D])) { _ in }
        }
    }

    @Test func `a plan with an impossible name is refused`() {
        #expect(throws: JSONError.unsupportedPath) { try JSONScanner([ScanPath(#"a"b"#, as: .any)]) }
        #expect(throws: JSONError.unsupportedPath) {
            try JSONScanner((0...64).map { ScanPath(JSONPath([.member("n\($0)")]), as: .any) })
        }
    }

    @Test func `paths and fields that overlap do not disturb each other`() throws {
        let text = Array(#"{"a":{"b":{"c":1,"d":"x"},"e":[true]}}"#.utf8)
        let scanner = try JSONScanner([
            ScanPath(
                "a",
                fields: [ScanField("e", as: .any), ScanField("b", "d", as: .text), ScanField("b", as: .object)]
            ),
            ScanPath("a.b", fields: [ScanField("d", as: .text, isRequired: true)]),
            ScanPath("a.b.c", as: .integer), ScanPath("a.e[]", as: .boolean),
        ])
        var seen: [String] = []
        try scanner.scan(OwnedPaddedBytes(text)) { scan in
            scan.forEach { element in
                let fields = (0..<3).map { field -> String in
                    if let text = element.string(field) { return text }
                    if let integer = element.integer(field) { return "\(integer)" }
                    if let boolean = element.boolean(field) { return "\(boolean)" }
                    return element.bytes(field).map { String(decoding: text[$0], as: UTF8.self) } ?? "-"
                }
                seen.append("\(element.path) \(element.status) \(fields.joined(separator: " "))")
            }
        }
        #expect(
            seen == ["0 ok [true] x {\"c\":1,\"d\":\"x\"}", "1 ok x - -", "2 ok 1 - -", "3 ok true - -"]
        )
        #expect(throws: JSONError.unsupportedPath) {
            try JSONScanner([ScanPath("a", as: .any), ScanPath("a", as: .text)])
        }
    }

    @Test func `the root itself and nested arrays can be elements`() throws {
        let text = "[[1,2],[],[3]]"
        let texts = try JSONScanner([ScanPath("[][]", as: .integer), ScanPath(JSONPath([]), as: .any)]).scan(
            OwnedPaddedBytes(Array(text.utf8))
        ) { scan in found(scan, in: Array(text.utf8)).map(\.text) }
        #expect(texts == [text, "1", "2", "3"])
    }

    @Test func `a field is never taken for one of another kind`() throws {
        let isRight = try JSONScanner(plan).scan(OwnedPaddedBytes(Array(sync(good).utf8))) { scan in
            var isRight = false
            scan.forEach { element in
                guard element.path == 0 else { return }
                isRight =
                    element.string(Field.time) == nil && element.bytes(Field.time) == nil
                    && element.integer(Field.type) == nil && element.boolean(Field.time) == nil
                    && element.bytes(Field.sender) == nil && element.string(Field.content) == nil
                    && element.string(-1) == nil && element.integer(99) == nil
            }
            return isRight
        }
        #expect(isRight)
    }

    @Test func `a hundred thousand levels are no danger`() throws {
        let deep = String(repeating: "[", count: 100_000) + String(repeating: "]", count: 100_000)
        let event = #"{"type":"t","sender":"s","content":{"x":\#(deep)}}"#
        #expect(try scan(sync("\(event),\(good)")).filter { $0.path == 0 }.map(\.status) == [.ok, .ok])
    }
}
