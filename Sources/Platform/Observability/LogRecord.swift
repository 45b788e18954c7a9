/// One thing that happened: a fixed sentence, and its particulars beside it.
package struct LogRecord: Sendable {
    package let level: LogLevel
    package let source: String
    package let message: String
    package let fields: [(name: String, value: String)]

    package init(level: LogLevel, source: String, message: String, fields: [(name: String, value: String)]) {
        self.level = level
        self.source = source
        self.message = message
        self.fields = fields
    }
}
