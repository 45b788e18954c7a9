/// How long an answer may take and how large it may be.
package struct RequestLimits: Sendable {
    package var ordinaryTime: Duration = .seconds(60)
    /// For what makes the server collect much or ask other servers: the state of a room, a join, a new room.
    package var slowTime: Duration = .seconds(180)
    /// Added to the time that a sync waits for news.
    package var pollMargin: Duration = .seconds(30)
    /// For a sync that waits for nothing, the first or the one that catches up: servers compute it for minutes.
    package var catchUpTime: Duration = .seconds(600)
    package var ordinarySize = 64 << 20
    /// For syncs and the states of rooms.
    package var largeSize = 256 << 20

    package init() {}
}
