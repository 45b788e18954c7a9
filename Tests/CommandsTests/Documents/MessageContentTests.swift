import Commands
import JSON
import MatrixCore
import Testing

@Suite struct MessageContentTests {
    private static func event(_ name: String) throws -> EventID { try EventID(parsing: "$" + name) }
    private static let document = Document { "@room \(bold: "x")" }

    @Test func `says both forms and mentions nobody`() {
        #expect(
            Self.document.messageContent() == [
                "msgtype": "m.notice",
                "body": "@room **x**",
                "format": "org.matrix.custom.html",
                "formatted_body": "<p>@room <strong>x</strong></p>",
                "m.mentions": [:],
            ]
        )
    }

    @Test func `the first page answers the command`() throws {
        let content = Self.document.messageContent(.to(try Self.event("cmd"), thread: nil))
        #expect(content["m.relates_to"] == ["m.in_reply_to": ["event_id": "$cmd"]])
    }

    @Test func `further pages stand in a thread under the first`() throws {
        let first = try Self.event("first")
        let thread: JSONValue = [
            "rel_type": "m.thread", "event_id": "$first", "is_falling_back": true,
            "m.in_reply_to": ["event_id": "$first"],
        ]
        let answer = Answer.to(try Self.event("cmd"), thread: nil)
        #expect(Self.document.messageContent(answer, page: 1, firstPage: first)["m.relates_to"] == thread)
        #expect(Self.document.messageContent(.statement, page: 1, firstPage: first)["m.relates_to"] == thread)
    }

    @Test func `without the first page's ID further pages answer the command too`() throws {
        let content = Self.document.messageContent(.to(try Self.event("cmd"), thread: nil), page: 1)
        #expect(content["m.relates_to"] == ["m.in_reply_to": ["event_id": "$cmd"]])
        #expect(Self.document.messageContent(.statement, page: 1)["m.relates_to"] == nil)
    }

    @Test func `a command in a thread is answered there`() throws {
        let answer = Answer.to(try Self.event("cmd"), thread: try Self.event("root"))
        #expect(
            Self.document.messageContent(answer)["m.relates_to"] == [
                "rel_type": "m.thread", "event_id": "$root", "is_falling_back": false,
                "m.in_reply_to": ["event_id": "$cmd"],
            ]
        )
        #expect(
            Self.document.messageContent(answer, page: 1, firstPage: try Self.event("first"))["m.relates_to"] == [
                "rel_type": "m.thread", "event_id": "$root", "is_falling_back": true,
                "m.in_reply_to": ["event_id": "$first"],
            ]
        )
    }

    @Test func `carries what a prompt adds`() {
        var extra = JSONObject()
        extra["ge.applied-langua.ge.draupnir.reaction_handler"] = ["name": "x"]
        let content = Self.document.messageContent(extra: extra)
        #expect(content["ge.applied-langua.ge.draupnir.reaction_handler"] == ["name": "x"])
        #expect(content["msgtype"] == "m.notice")
    }

    @Test func `an edit carries the new text and a fallback`() throws {
        #expect(
            Self.document.editContent(of: try Self.event("e")) == [
                "msgtype": "m.notice",
                "body": "* @room **x**",
                "m.mentions": [:],
                "m.new_content": [
                    "msgtype": "m.notice",
                    "body": "@room **x**",
                    "format": "org.matrix.custom.html",
                    "formatted_body": "<p>@room <strong>x</strong></p>",
                    "m.mentions": [:],
                ],
                "m.relates_to": ["rel_type": "m.replace", "event_id": "$e"],
            ]
        )
    }
}
