import JSON
package import MatrixCore

/// The ACL that stands in a room.
package struct CurrentServerACL: Equatable, Sendable {
    package let content: ServerACLContent
    /// Whether it says so itself that IP literals are let in; servers take silence for a yes.
    package let namesIPLiterals: Bool
    /// Whether the bot's own account sent it.
    package let isOwn: Bool

    package init(content: ServerACLContent, namesIPLiterals: Bool = true, isOwn: Bool) {
        self.content = content
        self.namesIPLiterals = namesIPLiterals
        self.isOwn = isOwn
    }

    /// Reads as servers do, so that a malformed one is seen for what it does and can be mended; nil for another event.
    package init?(_ event: RoomEvent, bot: UserID) {
        guard event.type == .serverACL, let key = event.stateKey, key.isEmpty else { return nil }
        let reader = JSONReader()
        guard let view = try? reader.read(event.content.span) else {
            self.init(content: ServerACLContent(allow: []), isOwn: event.sender == bot)
            return
        }
        self.init(
            content: ServerACLContent(view),
            namesIPLiterals: view["allow_ip_literals"]?.boolean != nil,
            isOwn: event.sender == bot
        )
    }
}
