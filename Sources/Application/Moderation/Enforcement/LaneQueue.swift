import MatrixCore

/// The rows of one lane that may be sent: rooms side by side, the more urgent room first, one room in order.
struct LaneQueue {
    private struct Place {
        let room: RoomID?
        let urgency: RoomUrgency
        var rows: ArraySlice<Int64>
    }

    /// By falling urgency.
    private var places: [Place] = []
    private var rooms: Set<RoomID?> = []

    var isEmpty: Bool { places.isEmpty }

    /// Puts the row behind those of its room, or before them where it comes back undone.
    mutating func add(_ row: Int64, room: RoomID?, urgency: RoomUrgency, first: Bool = false) {
        if !rooms.insert(room).inserted, let index = index(of: room) {
            places[index].rows.insert(row, at: first ? places[index].rows.startIndex : places[index].rows.endIndex)
        } else {
            places.insert(Place(room: room, urgency: urgency, rows: [row]), at: placeFor(urgency))
        }
    }

    mutating func remove(_ row: Int64, room: RoomID?) {
        guard rooms.contains(room), let index = index(of: room) else { return }
        places[index].rows.removeAll { $0 == row }
        dropIfEmpty(index)
    }

    /// Takes the first row of the first room that may go.
    mutating func takeFirst(where mayGo: (RoomID?, Int64) -> Bool) -> Int64? {
        let index = places.firstIndex { place in place.rows.first.map { mayGo(place.room, $0) } ?? false }
        guard let index, let row = places[index].rows.popFirst() else { return nil }
        dropIfEmpty(index)
        return row
    }

    private mutating func dropIfEmpty(_ index: Int) {
        guard places[index].rows.isEmpty else { return }
        rooms.remove(places.remove(at: index).room)
    }

    private func index(of room: RoomID?) -> Int? { places.firstIndex { $0.room == room } }

    /// Behind all that are as urgent or more.
    private func placeFor(_ urgency: RoomUrgency) -> Int {
        var low = 0
        var high = places.count
        while low < high {
            let middle = (low + high) / 2
            if places[middle].urgency < urgency { high = middle } else { low = middle + 1 }
        }
        return low
    }
}

/// Which of two rooms goes first: the one somebody spoke in last, then the larger one.
package struct RoomUrgency: Sendable, Comparable {
    package let lastActivity: Duration
    package let joinedCount: Int

    package init(lastActivity: Duration = .zero, joinedCount: Int = 0) {
        self.lastActivity = lastActivity
        self.joinedCount = joinedCount
    }

    package static func < (left: Self, right: Self) -> Bool {
        (left.lastActivity, left.joinedCount) < (right.lastActivity, right.joinedCount)
    }
}
