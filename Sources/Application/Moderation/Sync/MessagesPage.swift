import JSON
import MatrixCore

/// One answer of `/messages`, read where it lies.
enum MessagesPage {
    static let chunk = 0
    private static let end = 1
    static let plan = [ScanPath("chunk[]", fields: EventFields.plan), ScanPath("end", as: .text)]

    /// Where the next page begins, or nil where this was the last.
    ///
    /// - Throws: `badAnswer` where a part of the page is lost: what it held must not be taken for nothing.
    static func end(of body: any PaddedBytes) throws(HomeserverError) -> String? {
        do {
            return try scan(body) { scan in
                var token: String?
                scan.forEach { element in if element.path == end { token = element.string(0) } }
                return token
            }
        } catch {
            throw .badAnswer("a page of messages: \(error)")
        }
    }

    /// The events of a page, newest first; what cannot be read is left out.
    static func events(of body: any PaddedBytes) -> [RoomEvent] {
        let events = try? scan(body) { scan in
            var events: [RoomEvent] = []
            scan.forEach { element in
                guard element.path == chunk, let event = try? RoomEvent(element, in: scan) else { return }
                events.append(event)
            }
            return events
        }
        return events ?? []
    }

    /// Reads the page; what is broken inside an event costs that event.
    private static func scan<Value>(
        _ body: any PaddedBytes,
        _ use: (borrowing Scan) throws -> Value
    ) throws -> Value {
        let scanner = try JSONScanner(plan)
        do {
            return try scanner.scan(body, use)
        } catch let error as JSONError {
            return try scanner.salvage(body) { scan in
                guard scan.lostFrom == nil else { throw error }
                return try use(scan)
            }
        }
    }
}
