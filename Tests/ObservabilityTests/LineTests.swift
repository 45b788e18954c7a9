import Observability
import Testing

@Suite struct LineTests {
    private func record(_ fields: (name: String, value: String)...) -> LogRecord {
        LogRecord(level: .warning, source: "sync", message: "request refused", fields: fields)
    }

    @Test(arguments: [
        (0, "1970-01-01T00:00:00.000Z"), (951_782_400_000, "2000-02-29T00:00:00.000Z"),
        (951_868_799_999, "2000-02-29T23:59:59.999Z"), (951_868_800_000, "2000-03-01T00:00:00.000Z"),
        (1_709_210_096_007, "2024-02-29T12:34:56.007Z"), (1_735_689_599_250, "2024-12-31T23:59:59.250Z"),
        (4_107_542_400_000, "2100-03-01T00:00:00.000Z"), (-1, "1969-12-31T23:59:59.999Z"),
        (-2_203_891_200_001, "1900-02-28T23:59:59.999Z"), (253_402_300_799_999, "9999-12-31T23:59:59.999Z"),
    ])
    func `a time is written in UTC`(milliseconds: Int64, text: String) {
        #expect(timestamp(ofMilliseconds: milliseconds) == text)
    }

    @Test func `a line for people`() {
        let line = LogFormat.text.line(record(("room", "!r:a.org"), ("status", "403"), ("body", "")), at: 250)
        #expect(
            line == "1970-01-01T00:00:00.250Z WARN sync: request refused room=!r:a.org status=403 body=\"\"\n"
        )
    }

    @Test func `a line for programs`() {
        let line = LogFormat.json.line(record(("room", "!r:a.org"), ("status", "403")), at: 250)
        #expect(
            line == #"{"time":"1970-01-01T00:00:00.250Z","level":"WARN","source":"sync","message":"request refused","#
                + #""fields":{"room":"!r:a.org","status":"403"}}"# + "\n"
        )
        #expect(LogFormat.json.line(record(), at: 0).hasSuffix("\"fields\":{}}\n"))
    }

    @Test(arguments: [
        ("two words", #""two words""#, #""two words""#), ("a=b", #""a=b""#, #""a=b""#),
        ("say \"hi\"", #""say \"hi\"""#, #""say \"hi\"""#), ("back\\slash", #"back\\slash"#, #""back\\slash""#),
        ("a\nWARN forged", #""a\nWARN forged""#, #""a\u000aWARN forged""#),
        ("a\r\nb", #"a\r\nb"#, #""a\u000d\u000ab""#),
        ("\u{1B}[31mred", #"\u{1B}[31mred"#, #""\u001b[31mred""#), ("\u{9B}31m", #"\u{9B}31m"#, #""\u009b31m""#),
        ("nul\0", #"nul\u{0}"#, #""nul\u0000""#), ("\u{202E}evil", #"\u{202E}evil"#, #""\u202eevil""#),
        ("\u{2028}\u{85}", #"\u{2028}\u{85}"#, #""\u2028\u0085""#), ("\u{E0041}", #"\u{E0041}"#, #""\udb40\udc41""#),
        ("grüße🎉", "grüße🎉", #""grüße🎉""#), ("e\u{301}", "e\u{301}", "\"e\u{301}\""),
    ])
    func `what strangers write stays inside its field`(value: String, text: String, json: String) {
        let textLine = LogFormat.text.line(record(("f", value)), at: 0)
        let jsonLine = LogFormat.json.line(record(("f", value)), at: 0)
        #expect(textLine.utf8.elementsEqual("1970-01-01T00:00:00.000Z WARN sync: request refused f=\(text)\n".utf8))
        #expect(jsonLine.hasSuffix("\"fields\":{\"f\":\(json)}}\n"))
        #expect(jsonLine.utf8.count(where: { $0 < 0x20 }) == 1)
        #expect(textLine.utf8.count(where: { $0 < 0x20 }) == 1)
    }

    @Test(arguments: [LogFormat.text, .json]) func `a long value is cut`(format: LogFormat) {
        let line = format.line(record(("f", String(repeating: "x", count: 1_000_000))), at: 0)
        #expect(line.utf8.count < 2_200)
        #expect(line.contains("x…"))
    }

    @Test(arguments: [("short", "short"), ("12345", "12345"), ("123456", "12345…"), ("\n\n\n\n\n\n", #"\n\n\n\n\n…"#)])
    func `printable text has a limit in code points`(text: String, shown: String) {
        #expect(printable(text, limit: 5) == shown)
    }
}
