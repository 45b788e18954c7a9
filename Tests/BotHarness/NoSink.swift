package import Observability

/// A log that nobody reads.
package struct NoSink: LogSink {
    package init() {}
    package func write(_ record: LogRecord) {}
}
