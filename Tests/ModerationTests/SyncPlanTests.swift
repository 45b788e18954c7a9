import JSON
import MatrixCore
import Testing

@testable import Moderation

@Suite struct SyncPlanTests {
    @Test func `a room without a single event is there`() throws {
        let body = OwnedPaddedBytes(
            #"{"next_batch":"s1","rooms":{"join":{"!a:x":{},"!b:x":{"timeline":{"events":[{"type":"t"}],"limited":true,"prev_batch":"p"}}},"leave":{"!c:x":{}}}}"#
        )
        let joined = try JSONScanner(SyncPlan.paths).scan(body) { scan in
            let c = SyncContents(scan)
            return (
                c.position, c.joined.map(\.room.rawValue), c.left.map(\.room.rawValue),
                c.joined.map(\.parts.timeline.count), c.joined.map(\.parts.isLimited)
            )
        }
        #expect(joined.0 == "s1"); #expect(joined.1 == ["!a:x", "!b:x"]); #expect(joined.2 == ["!c:x"]);
        #expect(joined.3 == [0, 1]); #expect(joined.4 == [false, true])
    }
}
