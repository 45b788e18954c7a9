import JSON
import MatrixCore

/// One answer of `/messages`, read where it lies.
enum MessagesPage {
    static let chunk = 0
    private static let end = 1
    static let plan = [ScanPath("chunk[]", fields: EventFields.plan), ScanPath("end", as: .text)]

    /// Where the next page begins, or nil where this was the last.
    static func end(of body: any PaddedBytes) -> String? {
        let token = try? JSONScanner(plan).scan(body) { scan in
            var token: String?
            scan.forEach { element in if element.path == end { token = element.string(0) } }
            return token
        }
        return token ?? nil
    }

    /// The events of a page, newest first; what cannot be read is left out.
    static func events(of body: any PaddedBytes) -> [RoomEvent] {
        let events = try? JSONScanner(plan).scan(body) { scan in
            var events: [RoomEvent] = []
            scan.forEach { element in
                guard element.path == chunk, let event = try? RoomEvent(element, in: scan) else { return }
                events.append(event)
            }
            return events
        }
        return events ?? []
    }
}
