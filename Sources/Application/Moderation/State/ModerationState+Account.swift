import Commands
import JSON
import MatrixCore
import Protections

/// The bot's account data: read as it comes, adopted where it can be read, and otherwise left in force as it was.
extension ModerationState {
    /// A type that sync brought.
    mutating func take(accountData type: EventType, _ bytes: [UInt8]) {
        guard AccountDataType.all.contains(type) else { return }
        // While a write of ours is on its way, what comes is its echo or older than it.
        let isBeingWritten = queue.rows.values.contains { row in
            guard case .changeAccountData(let change) = row.action else { return false }
            return change.type == type
        }
        guard !isBeingWritten else { return }
        guard let content = try? JSONValue(parsing: bytes.span) else { return tellUnreadable(type) }
        if let written = unechoedAccountData[type] {
            // Older than our last write, unless that was overwritten before it came back: then a minute settles it.
            guard written.content == content || now.monotonic - written.at > .seconds(60) else { return }
            unechoedAccountData[type] = nil
        }
        adopt(accountData: type, content)
        if phase == .enforcing { checkProtectedSet() }
    }

    /// What was read, or was written by us; of what was adopted before, as at a start from disk, nothing is told again.
    mutating func adopt(accountData type: EventType, _ content: JSONValue, isNews: Bool = true) {
        let protected = Set(bot.protectedRooms)
        switch type {
        case AccountDataType.protectedRooms:
            guard let data = ProtectedRoomsData(content) else { return tellUnreadable(type) }
            guard data != bot.protectedRoomsData else { return }
            bot.protectedRoomsData = data
            if isNews { tellUnreadable(entries: data.unreadable, of: type) }
        case AccountDataType.watchedLists:
            guard let data = WatchedListsData(content) else { return tellUnreadable(type) }
            guard data != bot.watchedLists else { return }
            bot.watchedLists = data
            if isNews { tellUnreadable(entries: data.unreadable, of: type) }
        case AccountDataType.enabledProtections:
            guard let data = EnabledProtectionsData(content) else { return tellUnreadable(type) }
            guard data != bot.enabledProtections else { return }
            bot.enabledProtections = data
            reconcilesAll = true
            serverBansChanged = true
        case AccountDataType.managementRoom:
            guard case .string(let text)? = content["room"], let room = RoomReference(parsing: text),
                case .id(let id) = room.name
            else { return tellUnreadable(type) }
            bot.ownManagementRoom = id
        default: return
        }
        write(.accountData(type), content)
        guard phase == .enforcing || phase == .loadingRooms else { return }
        noteSubscriptionsChanged()
        roomsToReconcile.formUnion(Set(bot.protectedRooms).subtracting(protected))
    }
}
