import BotHarness
import Commands
import JSON
import MatrixCore
import Moderation
import Observability
import PolicyEngine
import Protections
import RoomState
import SimulatedHomeserver

/// What must hold once everything has settled, worked out from what the homeserver knows.
extension Simulation {
    /// The rooms that are protected, by the account data.
    private func protected() async -> [RoomID] {
        let data = await village.homeserver.accountData(AccountDataType.protectedRooms, of: village.bot)
        let rooms = (data?["rooms"]?.elements ?? []).compactMap { $0.text.flatMap { try? RoomID(parsing: $0) } }
        return Set(rooms + [village.management]).sorted()
    }

    private func isWatched() async -> Bool {
        let data = await village.homeserver.accountData(AccountDataType.watchedLists, of: village.bot)
        return data?["references"]?.elements.isEmpty == false
    }

    private func level(_ user: UserID, _ levels: JSONValue?) -> Int64 {
        if case .integer(let level)? = levels?["users"]?[user.rawValue] { level } else { 0 }
    }

    /// Who should be banned and is not, and which server ACL is not as it should be.
    func problems() async throws -> [String] {
        let server = village.homeserver
        let isWatched = await isWatched()
        var rules = await Rules(of: village.list, server)
        // A rule that would hit many waits for a moderator's word.
        rules.held = Set(try await restored().policies.held.map(\.event))
        var problems: [String] = []
        for room in await protected() where await server.membership(of: village.bot, in: room) == .join {
            let levels = await server.stateContent(StateKey(.powerLevels), in: room)
            let own = level(village.bot, levels)
            for user in Self.users + [village.mod] where isWatched && rules.ban(user) {
                let isPresent = await server.membership(of: user, in: room)?.isPresent == true
                let isSpared = await server.membership(of: user, in: village.management) == .join
                if isPresent, !isSpared, own >= 50, own > level(user, levels) {
                    problems.append("\(user) is not banned in \(room)")
                }
            }
            guard own >= (room == village.management ? 100 : 50) || hasDefaultLevels(levels) && own >= 100 else {
                continue
            }
            let acl = await server.stateContent(StateKey(.serverACL), in: room)
            let denied = Set(acl?["deny"]?.elements.compactMap(\.text) ?? [])
            let wanted = isWatched ? rules.deniedServers : []
            if denied != wanted { problems.append("\(room) denies \(denied.sorted()) and not \(wanted.sorted())") }
        }
        for row in try await village.store.load().openRows where row.status == .pending && row.isDesire {
            problems.append("still open: \(row.action)")
        }
        return problems
    }

    private func hasDefaultLevels(_ levels: JSONValue?) -> Bool { levels?["historical"] != nil }

    /// What the bot should not have done.
    func historyProblems() async throws -> [String] {
        let server = village.homeserver
        let rules = await Rules(of: village.list, server)
        var problems: [String] = []
        let stored = try await village.store.load()
        let journal = try await village.store.journal(limit: 1_000_000) + stored.openRows
        for room in await server.rooms {
            var last: [UserID: (membership: Membership, sender: UserID)] = [:]
            for event in await server.events(in: room) where event.type == .member {
                guard let user = event.stateKey.flatMap({ try? UserID(parsing: $0) }),
                    let word = (try? JSONValue(parsing: event.content.span))?["membership"]?.text,
                    let membership = Membership(word.utf8Span.span)
                else { continue }
                if membership == .ban, event.sender == village.bot {
                    if user == village.bot || user == village.mod { problems.append("\(user) was banned by the bot") }
                    if let before = last[user], before.membership == .ban, before.sender == village.bot {
                        problems.append("\(user) was banned twice in \(room)")
                    }
                }
                last[user] = (membership, event.sender)
            }
        }
        for row in journal {
            guard case .ban(let user, _, _) = row.action else { continue }
            guard case .policy(let event, _, _) = row.cause, let rule = written[event] ?? rules.ever[event],
                rule.names(user)
            else {
                problems.append("no rule explains \(row.action), caused by \(row.cause)")
                continue
            }
        }
        var wishes: [ActionText: Int] = [:]
        for row in journal { wishes[ActionText(row.action), default: 0] += 1 }
        for entry in await server.log where entry.tookEffect {
            guard case .action(let action, _) = entry.request.call, action.changesSomething else { continue }
            // Account data is written as it is to be at that moment; the journal holds the change.
            if case .setAccountData = action { continue }
            if wishes[ActionText(action), default: 0] == 0 { problems.append("not in the journal: \(action)") }
        }
        return problems
    }

    /// What a process would know that starts now.
    private func restored() async throws -> ModerationState {
        let stored = try await village.store.load()
        var state = ModerationState(
            bot: Bot(user: village.bot),
            settings: village.settings,
            nonce: stored.nonce,
            log: Log("simulation", minimum: .error, sink: NoSink())
        )
        try state.restore(stored)
        return state
    }

    /// What a restart would know otherwise than the homeserver does.
    func diskProblems() async throws -> [String] {
        let server = village.homeserver
        let state = try await restored()
        var problems: [String] = []
        for room in await protected() where await server.membership(of: village.bot, in: room) == .join {
            var known: [UserID: Membership] = [:]
            state.rooms.forEachMember(of: room) { known[$0] = $1.membership }
            for user in Self.users + [village.bot, village.mod] {
                let truth = await server.membership(of: user, in: room)
                if known[user] != truth, !(known[user] == nil && truth == .leave) {
                    problems.append(
                        "\(user) in \(room) is \(truth?.name ?? "nothing") and not \(known[user]?.name ?? "nothing")"
                    )
                }
            }
        }
        if await isWatched() {
            let rules = await Rules(of: village.list, server)
            let known = Set(state.policies.lists.flatMap(\.rules).map(\.source.event))
            let truth = Set(rules.inForce.map(\.event))
            if known != truth { problems.append("rules: \(known.sorted()) and not \(truth.sorted())") }
        } else if state.policies.ruleCount > 0 {
            problems.append("\(state.policies.ruleCount) rules of a list that is not watched")
        }
        return problems
    }
}

/// An action as a key.
private struct ActionText: Hashable {
    private let text: ByteText
    init(_ action: Action) { text = ByteText("\(action)") }
}
