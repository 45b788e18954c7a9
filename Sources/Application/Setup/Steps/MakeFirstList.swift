import Commands
import JSON
import MatrixCore
import Protections

/// Has a policy list of the community's own, watched and protected.
package struct MakeFirstList: SetupStep {
    package let name = "list"
    package static let standardShortcode = "coc"

    package init() {}

    package func plan(_ run: SetupRun) -> [String] {
        if let list = run.progress.list { return ["keep the policy list \(list)"] }
        return ["make the policy list \(run.wishes.list ?? Self.standardShortcode), and watch it"]
    }

    package func perform(_ run: inout SetupRun, _ tools: SetupTools) async throws(StepFailure) -> [String] {
        let (homeserver, session) = try run.account(name)
        let shortcode = run.wishes.list ?? run.progress.listShortcode ?? Self.standardShortcode
        var lines: [String] = []
        let list: RoomID
        if let own = run.progress.list, try await isIn(own, run) {
            list = own
            lines.append("kept the policy list \(own)")
            if let wanted = run.wishes.list, let kept = run.progress.listShortcode, !equalByBytes(wanted, kept) {
                run.advise(
                    name,
                    "the first policy list is there already and is called \(kept): none was made that is called \(wanted)",
                    cure: [
                        "make a further one in the management room:", "    !draupnir list create \(wanted) \(wanted)",
                    ]
                )
            }
        } else if let lost = try await run.lost(.list, name) {
            list = lost
            lines.append("kept the policy list \(lost)")
        } else {
            do throws(ServerFailure) {
                let content = try await homeserver.accountData(
                    AccountDataType.watchedLists,
                    of: session.user,
                    session.token
                )
                let watched = content.flatMap { WatchedListsData($0) } ?? WatchedListsData()
                if run.wishes.list == nil, !watched.references.isEmpty {
                    return ["the bot watches \(watched.references.count) list(s) already"]
                }
            } catch {
                throw error.ending(name, at: homeserver.baseURL, "reading which lists the bot watches")
            }
            let template = RoomTemplate.policyList(
                shortcode,
                writers: run.wishes.managers,
                bot: session.user,
                version: await run.defaultRoomVersion
            )
            list = try await run.make(.list, template, name, tools)
            lines.append("made the policy list \(shortcode) (\(list))")
        }
        run.progress.list = list
        run.progress.listShortcode = shortcode
        run.progress.pending.remove(MadeRoom.list.rawValue)
        try run.save(tools)
        try await run.changeAccountData(AccountDataType.watchedLists, name) { (old) throws(StepFailure) in
            let watched = try old.map(Self.readable) ?? WatchedListsData()
            let isWatched = watched.references.contains { $0.name == .id(list) }
            return isWatched ? watched.content : watched.adding(list, via: [session.user.server]).content
        }
        try await run.protect([list], name)
        return lines
    }

    private func isIn(_ room: RoomID, _ run: SetupRun) async throws(StepFailure) -> Bool {
        let (homeserver, session) = try run.account(name)
        do throws(ServerFailure) { return try await homeserver.joinedRooms(session.token).contains(room) } catch {
            throw error.ending(name, at: homeserver.baseURL, "reading which rooms the bot is in")
        }
    }

    private static func readable(_ content: JSONValue) throws(StepFailure) -> WatchedListsData {
        guard let data = WatchedListsData(content) else {
            throw StepFailure("list", "the list of watched lists cannot be read", cure: "")
        }
        return data
    }
}
