package import JSON
package import MatrixCore

extension Document {
    /// The content of an `m.room.message` that says this page.
    ///
    /// It mentions nobody, whatever names stand in it: `m.mentions` is empty, and so `@room` in a name rings no bells.
    /// `extra` are further members, such as a prompt's.
    package func messageContent(
        _ answer: Answer = .statement,
        page: Int = 0,
        firstPage: EventID? = nil,
        extra: JSONObject = JSONObject()
    ) -> JSONValue {
        var content = bareContent
        content["m.mentions"] = [:]
        if let relation = answer.relation(page: page, firstPage: firstPage) { content["m.relates_to"] = relation }
        for member in extra.members { content[member.name] = member.value }
        return .object(content)
    }

    /// The content of a message that puts this document in the place of an earlier one.
    ///
    /// - Source: Matrix spec, Client-Server API, "Event replacements".
    package func editContent(of event: EventID) -> JSONValue {
        var new = bareContent
        new["m.mentions"] = [:]
        var content = JSONObject()
        content["msgtype"] = "m.notice"
        content["body"] = .string("* " + markdown)
        content["m.mentions"] = [:]
        content["m.new_content"] = .object(new)
        content["m.relates_to"] = ["rel_type": "m.replace", "event_id": .string(event.rawValue)]
        return .object(content)
    }

    private var bareContent: JSONObject {
        var content = JSONObject()
        content["msgtype"] = "m.notice"
        content["body"] = .string(markdown)
        content["format"] = "org.matrix.custom.html"
        content["formatted_body"] = .string(html)
        return content
    }
}
