package import MatrixCore

/// What is wrong with a management room, by how much.
package struct ManagementRoomVerdict: Sendable, Equatable {
    package struct Item: Sendable, Equatable {
        package let cause: String
        package let cure: [String]
    }

    /// The bot could not be commanded there.
    package private(set) var fatal: Item?
    /// Others than the managers could command it.
    package private(set) var unsafe: Item?
    package private(set) var notes: [Item] = []

    package init(_ room: RoomPicture, bot: UserID, managers: [UserID]) {
        if room.isReplaced {
            let successor = room.successor?.rawValue ?? "its successor"
            fatal = Item(cause: "it was replaced by \(successor)", cure: ["give --management-room \(successor)"])
        } else if room.isEncrypted {
            fatal = Item(
                cause: "it is encrypted, so the bot cannot read commands, and encryption cannot be switched off again",
                cure: ["use a room without encryption, or leave --management-room out to have one made"]
            )
        } else if let problem = Self.problem(sending: room, bot) {
            fatal = problem
        }
        if room.joinRule == "public" {
            unsafe = Item(
                cause: "anybody can join it, and whoever is in it commands the bot",
                cure: ["set it to invite only in its settings"]
            )
        } else if room.historyVisibility == "world_readable" {
            unsafe = Item(cause: "anybody can read it", cure: ["let only members see its history"])
        } else if room.joinRule == "knock" || room.joinRule == "restricted" || room.joinRule == "knock_restricted" {
            notes.append(
                Item(
                    cause:
                        "others may join by its rule “\(room.joinRule ?? "")”, and whoever is in it commands the bot",
                    cure: ["set it to invite only"]
                )
            )
        }
        let strangers = room.joined.filter { $0 != bot && !managers.contains($0) }
        if !strangers.isEmpty, unsafe == nil {
            let shown = strangers.prefix(10).map(\.rawValue).joined(separator: ", ")
            notes.append(
                Item(
                    cause:
                        "besides the managers these can command the bot: \(shown)\(strangers.count > 10 ? " …" : "")",
                    cure: ["remove who should not"]
                )
            )
        }
    }

    /// Settings are kept as state of the room, so speaking alone is not enough.
    private static func problem(sending room: RoomPicture, _ bot: UserID) -> Item? {
        let needed = room.authority.effectiveLevels.stateDefault
        guard room.authority.power(of: bot) < .level(needed) else { return nil }
        return Item(
            cause:
                "the bot can speak there but not save its settings: it has \(room.authority.power(of: bot).text) and needs \(needed)",
            cure: ["give \(bot) the power level \(max(needed, 100)) in the room's settings, under roles"]
        )
    }
}

extension Power {
    package var text: String {
        switch self {
        case .level(let level): "power level \(level)"
        case .creator: "a creator's power"
        }
    }
}
