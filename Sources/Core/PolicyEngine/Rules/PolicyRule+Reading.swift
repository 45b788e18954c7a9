package import JSON
package import MatrixCore

extension PolicyRule {
    /// Reads a policy event; nil where it is none, or a blank one, which takes its rule away.
    package convenience init?(
        _ event: RoomEvent,
        in list: RoomID,
        reader: JSONReader = JSONReader()
    ) throws(MalformedPolicy) {
        guard let form = PolicyForm(event.type), let stateKey = event.stateKey else { return nil }
        let terms: PolicyTerms?
        do throws(PolicyProblem) {
            terms = try PolicyTerms(event.content.span, reader)
        } catch {
            throw MalformedPolicy(
                event: event.id,
                type: form.eventType,
                stateKey: stateKey,
                sender: event.sender,
                problem: error
            )
        }
        guard let terms else { return nil }
        self.init(
            kind: form.kind,
            subject: terms.subject,
            recommendation: terms.recommendation,
            reason: terms.reason,
            source: PolicySource(
                list: list,
                event: event.id,
                eventType: form.eventType,
                stateKey: stateKey,
                sender: event.sender,
                timestamp: event.timestamp
            )
        )
    }
}

/// What a policy event's content says.
private struct PolicyTerms {
    let subject: PolicySubject
    let recommendation: Recommendation
    let reason: String?

    /// Nil for `{}`.
    init?(_ bytes: Span<UInt8>, _ reader: JSONReader) throws(PolicyProblem) {
        let content: JSONView
        do { content = try reader.read(bytes) } catch { throw .unreadable(error) }
        guard content.kind == .object else { throw .noObject }
        var isBlank = true
        content.forEachMember { _, _ in isBlank = false }
        if isBlank { return nil }
        guard let recommendation = content["recommendation"]?.string else { throw .badRecommendation }
        self.recommendation = Recommendation(recommendation)
        subject = try Self.subject(content)
        reason = try Self.reason(content["reason"])
    }

    /// An entity in clear counts before a hash of one.
    private static func subject(_ content: JSONView) throws(PolicyProblem) -> PolicySubject {
        if let entity = content["entity"] {
            guard let text = entity.string else { throw .badEntity }
            guard !text.isEmpty else { throw .emptyEntity }
            guard text.utf8.count <= maximumIdentifierLength else { throw .entityTooLong(bytes: text.utf8.count) }
            guard !text.utf8.contains(0) else { throw .entityContainsNul }
            return PolicySubject(entity: text)
        }
        guard let hash = content["hashes"]?["sha256"] ?? content["org.matrix.msc4205.hashes"]?["sha256"]
        else { throw .noEntity }
        guard let digest = hash.string.flatMap({ EntityDigest(base64: $0) }) else { throw .badHash }
        return .hash(digest)
    }

    private static func reason(_ view: JSONView?) throws(PolicyProblem) -> String? {
        guard let view, view.kind != .null else { return nil }
        guard let text = view.string else { throw .badReason }
        return text
    }
}
