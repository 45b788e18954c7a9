import Commands
import MatrixCore
import Protections

/// The one message that goes past queue and journal: that these cannot be written.
package struct EmergencyNotice: Sendable {
    let homeserver: any Homeserver
    let nonce: String

    func send(_ problem: String, to room: RoomID, at now: Moment) async {
        let document = Document {
            "⚠️ I cannot write to my database and have stopped: nothing is banned until that works again. \(problem)"
        }
        // One try: where the homeserver cannot be reached either, the log and the health check say it.
        _ = try? await homeserver.perform(
            .sendEvent(.message, content: document.messageContent(), in: room),
            transaction: "\(nonce)-emergency-\(now.wallMilliseconds)"
        )
    }
}
