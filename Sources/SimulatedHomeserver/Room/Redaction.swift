import JSON
import MatrixCore

/// What is left of an event's content when it is redacted.
///
/// - Source: Matrix spec, Room Versions, "Redactions" of versions 9 to 11.
func redactedContent(of event: TimelineEvent, version: Int) -> JSONValue {
    let kept: [String]
    switch event.type {
    case .create where version >= 11: return event.content
    case .create: kept = ["creator"]
    case .member: kept = version >= 9 ? ["membership", "join_authorised_via_users_server"] : ["membership"]
    case .joinRules: kept = version >= 8 ? ["join_rule", "allow"] : ["join_rule"]
    case .powerLevels:
        let levels = ["ban", "events", "events_default", "kick", "redact", "state_default", "users", "users_default"]
        kept = version >= 11 ? levels + ["invite"] : levels
    case .historyVisibility: kept = ["history_visibility"]
    case .redaction where version >= 11: kept = ["redacts"]
    default: kept = []
    }
    var content = JSONObject()
    for name in kept { content[name] = event.content[name] }
    return .object(content)
}
