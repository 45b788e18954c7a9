import JSON

/// What a refusal says, in any of the forms that homeservers and their authentication services use.
///
/// - Source: Matrix spec, Client-Server API, "Standard error response"; RFC 6749, section 5.2; recorded answers of MAS and
///   Dendrite.
struct RefusalForm {
    /// Empty where the form has none.
    var code = ""
    var message = ""

    /// Nil where the JSON is no refusal.
    init?(_ json: JSONValue) {
        if let code = json["errcode"]?.string {
            self.code = code
            message = json["error"]?.string ?? ""
        } else if let errors = json["errors"], case .array = errors {
            // MAS's admin API: the first title says what failed, those after it why.
            for title in errors.elements.compactMap({ $0["title"]?.string }) where !message.contains(title) {
                if message.hasSuffix(".") { message.removeLast() }
                message += (message.isEmpty ? "" : ": ") + title
            }
        } else if let error = json["error"]?.string {
            if let description = json["error_description"]?.string {
                (code, message) = (error, description)
            } else if Self.isCode(error) {
                code = error
            } else {
                message = error
            }
        } else if let text = json["message"]?.string {
            message = text
        } else if let text = json["Err"]?.string {
            message = text.isEmpty ? Self.unexplained : text
        } else if let flows = json["flows"], case .array = flows {
            let stages = Set(flows.elements.flatMap { $0["stages"]?.elements ?? [] }.compactMap(\.string))
            message = "it asks for a further proof (\(stages.sorted().joined(separator: ", ")))"
        } else {
            return nil
        }
    }

    /// Dendrite's error for whatever it did not foresee.
    private static let unexplained =
        "an internal error of Dendrite, which it gives also where a room or a local user does not exist"

    /// OAuth's codes are words with underscores; sentences are not.
    private static func isCode(_ text: String) -> Bool {
        let underscore = UInt8(ascii: "_")
        return text.utf8.contains(underscore)
            && text.utf8.allSatisfy { $0 == underscore || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0) }
    }
}
