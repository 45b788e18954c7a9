import Moderation

extension ConfigurationKey {
    /// The management room, invitations and which rooms are protected.
    static let rooms: [ConfigurationKey] = [
        .init(
            "managementRoom",
            .room,
            "The room where moderators give commands: its ID, an alias or a link.",
            get: { if case .room(let room) = $0.managementRoom { room } else { nil } },
            set: { $0.managementRoom = .room($1) }
        ),
        .init(
            "initialManager",
            .userID,
            "Who is invited to the management room that the bot makes where it has none.",
            get: { if case .madeFor(let user) = $0.managementRoom { user } else { nil } },
            set: { $0.managementRoom = .madeFor($1) }
        ),
        .init(
            "autojoinOnlyIfManager",
            .flag,
            \.invitations.onlyFromManagers,
            "Whether only members of the management room may invite the bot."
        ),
        .init(
            "acceptInvitesFromSpace",
            .room,
            \.invitations.acceptFromSpace,
            "The space whose members may invite the bot where autojoinOnlyIfManager is false."
        ),
        .init(
            ignored: "recordIgnoredInvites",
            .flag,
            "refused invitations are always told in the management room",
            "Whether refused invitations are told."
        ),
        .init(
            "protectAllJoinedRooms",
            .flag,
            \.protectsAllJoinedRooms,
            status: .unbuilt(
                "Rooms that the bot joins are not protected by themselves; each has to be added by a command.",
                when: \.protectsAllJoinedRooms
            ),
            "Whether every room that the bot is in is protected."
        ),
    ]
}
