import JSON
import MatrixCore
import Protections

/// Looking whether something is so already: after an unknown outcome, and after a refusal.
///
/// Bans, kicks, unbans, invitations and new rooms are `POST`s without a transaction ID: asked twice they are done twice.
extension Homeserver {
    /// What an earlier, unanswered try has brought about, or nil where there is nothing to be seen of it.
    ///
    /// - Throws: where it cannot be seen; then it must not be asked for again either.
    func find(_ action: Action, transaction: String) async throws(HomeserverError) -> RowOutcome.Result? {
        switch action {
        case .ban, .unban, .kick, .invite: try await shows(action) ? .foundDone : nil
        case .createRoom: try await roomMade(for: transaction).map { .success(.room($0, via: [])) }
        default: nil
        }
    }

    /// The same after a refusal; false where it cannot be seen.
    func seems(_ action: Action) async -> Bool {
        do throws(HomeserverError) { return try await shows(action) } catch { return false }
    }

    /// Whether the member event says what the action wants.
    private func shows(_ action: Action) async throws(HomeserverError) -> Bool {
        guard let user = action.target, let room = action.room else { return false }
        let content = try await stateContent(StateKey(.member, user.rawValue), in: room)
        let membership: String? = if case .string(let word)? = content?["membership"] { word } else { nil }
        return switch action {
        case .ban: membership == Membership.ban.name
        case .unban: membership != Membership.ban.name
        case .kick: membership == nil || membership == Membership.leave.name || membership == Membership.ban.name
        case .invite: membership == Membership.invite.name || membership == Membership.join.name
        default: false
        }
    }

    /// The room that carries the transaction in its creation content.
    private func roomMade(for transaction: String) async throws(HomeserverError) -> RoomID? {
        for room in try await joinedRooms() {
            let creation = try await stateContent(StateKey(.create), in: room)
            if creation?[RoomTemplate.transactionKey] == .string(transaction) { return room }
        }
        return nil
    }

    /// The pages of a gap, newest first, up to 5,000 events.
    func pages(of gap: Gap) async throws(HomeserverError) -> RowOutcome.Result {
        let pageSize = 100
        var pages: [any PaddedBytes] = []
        var bytes = 0
        var from = gap.from
        while pages.count * pageSize < Gap.maximumEvents, bytes < Gap.maximumBytes {
            let page = try await messages(in: gap.room, from: from, to: gap.to, limit: pageSize)
            pages.append(page)
            bytes += page.count
            guard let next = try MessagesPage.end(of: page), next != from, next != gap.to else {
                return .pages(pages, isWhole: true)
            }
            from = next
        }
        return .pages(pages, isWhole: false)
    }
}

extension RoomTemplate {
    /// The member of a room's creation content by which the bot finds a room whose making was not answered.
    package static let transactionKey = "space.draupnir.transaction"
}

extension Gap {
    /// Most events that are read of one gap; what lies beyond stays unknown.
    package static let maximumEvents = 5_000
    /// Most bytes that are kept of one gap while it is read.
    static let maximumBytes = 32 << 20
}
