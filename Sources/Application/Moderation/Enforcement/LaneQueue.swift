import MatrixCore

/// The rows of one lane that may be sent: rooms side by side, the more urgent room first, one room in order.
///
/// Rooms take turns: were one room's rows all taken before the next room's, those of the last rooms would be left over, to
/// be sent one after the other.
struct LaneQueue {
    private struct Place {
        let room: RoomID?
        let urgency: RoomUrgency
        /// Tells places of one urgency apart: the earlier goes first.
        let number: Int
        /// How many rows of the room were taken while others waited.
        var turns = 0

        func goesBefore(_ other: Place) -> Bool {
            if turns != other.turns { return turns < other.turns }
            return urgency == other.urgency ? number < other.number : urgency > other.urgency
        }
    }

    private struct Waiting {
        var place: Place
        var rows: ArraySlice<Int64>
    }

    /// In the order in which they go.
    private var places: [Place] = []
    private var waiting: [RoomID?: Waiting] = [:]
    private var lastNumber = 0

    var isEmpty: Bool { places.isEmpty }

    /// Puts the row behind those of its room, or before them where it comes back undone.
    mutating func add(_ row: Int64, room: RoomID?, urgency: RoomUrgency, first: Bool = false) {
        if let found = waiting.index(forKey: room) {
            let indices = waiting.values[found].rows.indices
            return waiting.values[found].rows.insert(row, at: first ? indices.lowerBound : indices.upperBound)
        }
        lastNumber += 1
        let place = Place(room: room, urgency: urgency, number: lastNumber)
        waiting[room] = Waiting(place: place, rows: [row])
        places.insert(place, at: index(of: place))
    }

    mutating func remove(_ row: Int64, room: RoomID?) {
        guard let found = waiting.index(forKey: room) else { return }
        waiting.values[found].rows.removeAll { $0 == row }
        dropIfEmpty(found)
    }

    /// Takes the first row of the first room that may go.
    mutating func takeFirst(where mayGo: (RoomID?, Int64) -> Bool) -> Int64? {
        // By numbers: to walk the array itself would keep it, and then taking a place out copies the others.
        for index in places.indices {
            let room = places[index].room
            guard let found = waiting.index(forKey: room), let row = waiting.values[found].rows.first, mayGo(room, row)
            else { continue }
            waiting.values[found].rows.removeFirst()
            takeTurn(found)
            return row
        }
        return nil
    }

    private mutating func takeTurn(_ found: Dictionary<RoomID?, Waiting>.Index) {
        guard !waiting.values[found].rows.isEmpty else { return dropIfEmpty(found) }
        places.remove(at: index(of: waiting.values[found].place))
        waiting.values[found].place.turns += 1
        let place = waiting.values[found].place
        places.insert(place, at: index(of: place))
    }

    private mutating func dropIfEmpty(_ found: Dictionary<RoomID?, Waiting>.Index) {
        guard waiting.values[found].rows.isEmpty else { return }
        let place = waiting.remove(at: found).value.place
        places.remove(at: index(of: place))
    }

    /// Where the place is, or is to be.
    private func index(of place: Place) -> Int {
        var low = 0
        var high = places.count
        while low < high {
            let middle = (low + high) / 2
            if places[middle].goesBefore(place) { low = middle + 1 } else { high = middle }
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
