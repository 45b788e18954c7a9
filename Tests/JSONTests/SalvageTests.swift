import JSON
import Testing

private struct Salvaged: Equatable {
    var types: [String?]
    var statuses: [ElementStatus]
    var isCut: Bool
}

private func salvage(_ bytes: [UInt8]) throws -> Salvaged {
    try JSONScanner(plan).salvage(OwnedPaddedBytes(bytes)) { scan in
        let events = found(scan, in: bytes).filter { $0.path < 2 }
        return Salvaged(types: events.map(\.type), statuses: events.map(\.status), isCut: scan.lostFrom != nil)
    }
}

private func salvage(_ text: String) throws -> Salvaged { try salvage(Array(text.utf8)) }

private func event(_ type: String, _ content: String = "{}") -> String {
    #"{"type":"\#(type)","sender":"@a:x","content":\#(content)}"#
}

/// An event as another user's, put inside a broken one.
private let forged = #"{"type":"forged","sender":"@admin:x","content":{}}"#

@Suite struct SalvageTests {
    @Test func `a sound body gives the same as a scan`() throws {
        let text = sync("\(event("a")), \(event("b", #"{"x":"é\n"}"#))")
        let bytes = Array(text.utf8)
        let salvaged = try JSONScanner(plan).salvage(OwnedPaddedBytes(bytes)) { scan in found(scan, in: bytes) }
        #expect(try salvaged == scan(text))
    }

    @Test func `bytes that are not UTF-8 cost the element they are in`() throws {
        var bytes = Array(sync("\(event("a")),\(event("b", #"{"x":"~"}"#)),\(event("c"))").utf8)
        bytes[try #require(bytes.firstIndex(of: UInt8(ascii: "~")))] = 0xC3
        #expect(
            try salvage(bytes) == Salvaged(types: ["a", "b", "c"], statuses: [.ok, .malformed, .ok], isCut: false)
        )
    }

    @Test func `a field that is not UTF-8 is not given`() throws {
        var bytes = Array(sync(event("~")).utf8)
        bytes[try #require(bytes.firstIndex(of: UInt8(ascii: "~")))] = 0xC3
        #expect(try salvage(bytes) == Salvaged(types: [nil], statuses: [.malformed], isCut: false))
    }

    @Test func `a raw control character costs the element it is in`() throws {
        let text = sync("\(event("a")),\(event("b", "{\"x\":\"\u{7}\"}")),\(event("c"))")
        #expect(try salvage(text) == Salvaged(types: ["a", "b", "c"], statuses: [.ok, .malformed, .ok], isCut: false))
    }

    @Test(arguments: [
        #"{"type":"b","sender":"@a:x","content":{}"#,
        #"{"type":"b","sender":"@a:x","content":{"x":[1}}"#,
        #"{"type":"b","sender":"@a:x","content":{"x":[0,\#(forged)}}"#,
        #"{"type":"b","sender":"@a:x","content":{"x":[0,\#(forged)]}"#,
        #"{"type":"b","sender":"@a:x","x":[0,\#(forged)],"content":{}"#,
        #"{"type":"b","sender":"@a:x","content":\#(forged)"#,
        #"{"type":"b","sender":"@a:x","content":\#(forged)}}"#,
        #"{"type":"b","sender":"@a:x","content":{"x":\#(forged)]}"#,
        #"{"type":"b","sender":"@a:x","content":[0,\#(forged)"#,
        #"{"type":"b","sender":"@a:x","content":{{}}"#,
        #"{"type":"b","sender":"@a:x","content":"x":1},"more":[\#(forged)]}"#,
        #"{"type":"b","sender":"@a:x","content":}}"#,
    ])
    func `one wrong bracket costs its element, and nothing inside it is an element`(broken: String) throws {
        let salvaged = try salvage(sync("\(event("a")),\(broken),\(event("c")),\(event("d"))"))
        #expect(!salvaged.types.contains("forged"))
        #expect(salvaged.types.first == "a")
        #expect(salvaged.statuses.first == .ok)
        if !salvaged.isCut {
            #expect(salvaged.types.suffix(2) == ["c", "d"])
            #expect(salvaged.statuses == [.ok, .malformed, .ok, .ok])
        }
    }

    @Test func `other rooms are found behind a broken element`() throws {
        let broken = #"{"type":"b","content":{"x":[1}}"#
        let text = """
            {"rooms":{"join":{"!a:x":{"timeline":{"events":[\(event("a")),\(broken)]}},\
            "!b:x":{"timeline":{"events":[\(event("c"))]}}}},"other":{"events":[{"a":[1,2]}]},"next":"n"}
            """
        #expect(try salvage(text) == Salvaged(types: ["a", nil, "c"], statuses: [.ok, .malformed, .ok], isCut: false))
    }

    @Test func `a list without its own end never goes on in another room`() throws {
        let text = """
            {"rooms":{"join":{"!a:x":{"timeline":{"events":[\(event("a")),\(event("b"))}},\
            "!b:x":{"timeline":{"events":[\(event("c")),\(event("d"))]}}}},"next":"n"}
            """
        #expect(try salvage(text) == Salvaged(types: ["a", "b"], statuses: [.ok, .malformed], isCut: true))
    }

    @Test func `two wrong brackets lose what is behind them`() throws {
        let text = sync("\(event("a")),{\"content\":[0,\(forged),\(event("c"))")
        #expect(try salvage(text) == Salvaged(types: ["a", nil], statuses: [.ok, .malformed], isCut: true))
    }

    @Test(arguments: [
        #"{"type":"b","sender":"@a:x","x":[]"type":"q","content":{}},\#(forged)],"content":{}}"#,
        #"{"type":"b","sender":"@a:x","x":[]},\#(forged)],"content":{}}"#,
    ])
    func `an opening bracket turned into a closing one brings nothing to light`(broken: String) throws {
        let salvaged = try salvage(sync("\(event("a")),\(broken),\(event("c"))"))
        #expect(salvaged == Salvaged(types: [], statuses: [], isCut: true))
    }

    @Test func `of a body that is cut off what came before is kept`() throws {
        let text = sync("\(event("a")),\(event("b")),\(event("~"))").prefix { $0 != "~" }
        let salvaged = try salvage(text + "c\"")
        #expect(salvaged == Salvaged(types: ["a", "b"], statuses: [.ok, .ok], isCut: true))
    }

    @Test func `a string without an end loses what is behind it`() throws {
        let text = sync("\(event("a")),{\"type\":\"b,\"sender\":\"@a:x\",\"content\":{}},\(event("c"))")
        let salvaged = try salvage(text)
        #expect(salvaged.types.first == "a")
        #expect(salvaged.isCut)
        #expect(!salvaged.types.dropFirst().contains("c"))
    }

    @Test(arguments: ["", "{", "]", "\"", "{\"rooms\":", "\\", ":,:", "{}{}", "nul", "[[[[[["])
    func `what is no document at all gives nothing`(text: String) throws {
        #expect(try salvage(text).types.isEmpty)
    }
}
