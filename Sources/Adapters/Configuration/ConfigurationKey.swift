package import Moderation
import YAML

/// One key that a configuration may hold: how it is read, where it goes, and what there is to say about it.
package struct ConfigurationKey: Sendable {
    package enum Status: Sendable {
        case used
        /// Accepted as the original accepts it, and without effect in either program; the text says what holds instead.
        case withoutEffect(String)
        /// Asks for a part of the program that is missing.
        case unbuilt(Unbuilt)
    }

    /// What is missing where a key is set so that it asks for it.
    package struct Unbuilt: Sendable {
        package let consequence: String
        /// What to do where running without it is refused; nil where it is not.
        package let remedyForRefusal: String?
        let isAskedFor: @Sendable (BotSettings) -> Bool
    }

    /// The names from the root, joined by dots.
    package let path: String
    package let status: Status
    /// One sentence for documents and the command line.
    package let summary: String
    let read: @Sendable (Node, inout BotSettings, inout Findings) -> Void
    /// The value in these settings, a secret's left out.
    package let show: @Sendable (BotSettings) -> String

    /// Of a secret, that there is none.
    package var defaultText: String { show(BotSettings()) }

    init<Value>(
        _ path: String,
        _ type: ValueType<Value>,
        status: Status = .used,
        _ summary: String,
        get: @escaping @Sendable (BotSettings) -> Value?,
        set: @escaping @Sendable (inout BotSettings, Value) -> Void
    ) {
        self.path = path
        self.status = status
        self.summary = summary
        read = { node, settings, findings in
            if let value = type.read(node, &findings) { set(&settings, value) }
        }
        show = { get($0).map(type.show) ?? "unset" }
    }

    init<Value>(
        _ path: String,
        _ type: ValueType<Value>,
        _ target: any WritableKeyPath<BotSettings, Value> & Sendable,
        status: Status = .used,
        _ summary: String
    ) {
        self.init(path, type, status: status, summary, get: { $0[keyPath: target] }, set: { $0[keyPath: target] = $1 })
    }

    init<Value>(
        _ path: String,
        _ type: ValueType<Value>,
        _ target: any WritableKeyPath<BotSettings, Value?> & Sendable,
        status: Status = .used,
        _ summary: String
    ) {
        self.init(path, type, status: status, summary, get: { $0[keyPath: target] }, set: { $0[keyPath: target] = $1 })
    }

    /// A key whose value is checked and then forgotten.
    init<Value>(ignored path: String, _ type: ValueType<Value>, _ instead: String, _ summary: String) {
        self.path = path
        self.summary = summary
        status = .withoutEffect(instead)
        read = { node, _, findings in _ = type.read(node, &findings) }
        show = { _ in "without effect" }
    }
}

extension ConfigurationKey.Status {
    static func unbuilt(_ consequence: String, when isAskedFor: @escaping @Sendable (BotSettings) -> Bool) -> Self {
        .unbuilt(.init(consequence: consequence, remedyForRefusal: nil, isAskedFor: isAskedFor))
    }

    static func refused(
        _ consequence: String,
        remedy: String,
        when isAskedFor: @escaping @Sendable (BotSettings) -> Bool
    ) -> Self {
        .unbuilt(.init(consequence: consequence, remedyForRefusal: remedy, isAskedFor: isAskedFor))
    }
}
