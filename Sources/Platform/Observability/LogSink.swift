/// Where records go; the program writes them to its error output, a test keeps them.
package protocol LogSink: Sendable {
    func write(_ record: LogRecord)
}
