package import Commands
import JSON
package import MatrixCore
package import Observability
package import PolicyEngine
import Protections
package import RoomState

/// All that the pipeline knows and decides by: rooms, lists, the bot, the queue.
///
/// A value. `decide` takes inputs and gives the changeset that brings the disk to the same state; it asks nobody, and time
/// comes in with the inputs. Its parts are in files of this folder, by what they are about.
package struct ModerationState: Sendable {
    package internal(set) var bot: Bot
    package internal(set) var rooms = RoomStates()
    package internal(set) var policies = PolicyIndex()
    package var queue = ActionQueue()
    package internal(set) var phase = Phase.waitingForFirstSync
    package internal(set) var position: String?

    let settings: BotSettings
    let log: Log
    let nonce: String
    var lastRowID: Int64 = 0

    /// Runs that wait for answers.
    var runs: [EventID: Run] = [:]
    /// Rooms whose state is being loaded, with what sync said of them meanwhile.
    var loading: [RoomID: [RoomEvent]] = [:]
    /// Rooms and aliases that could not be had, and when to try again.
    var troubles: [RoomReference.Name: Trouble] = [:]
    /// When the burst of rules is over that server ACLs wait for.
    var serverACLsDue: Duration = .zero
    /// What was wrong outside the bot when that was last looked at.
    var failedChecks: [FailedCheck] = []
    /// Which deny entries of each room are ours.
    var ownACLEntries: [RoomID: [String]] = [:]
    var activity = RoomActivity()
    /// Notices from before there was a management room.
    var untold: [(Document, Lane)] = []
    var heldRules: [HeldRule] = []
    /// Rules that a moderator has put in force: not to be held again.
    var releasedRules: Set<PolicyRule.ID> = []
    var wave = Wave()
    /// As enforcement last told it; for `status` only.
    var governor = Governor()
    /// Lists that a run has loaded only to look at them.
    var previews: [EventID: [RoomID: PolicyList]] = [:]
    /// When each list last changed, in this run.
    var listChanges: [RoomID: Duration] = [:]
    /// Server rules of which it was told that they are left out.
    var toldLeftOut: Set<PolicyRule.ID> = []
    /// How many rooms were protected when the last run began to enforce; nil at the first.
    var protectedAtLastRun: Int?
    var hasToldOfRefusedUsers = false
    /// How the bot's own access token stands; nil before that was told.
    var token: TokenStanding?
    var warnedOfToken: TokenStanding?
    /// Protected rooms in which the bot may not ban.
    var powerless: Set<RoomID> = []
    /// What is being written as account data, by row.
    var accountWrites: [Int64: JSONValue] = [:]
    /// What was last written as account data and has not come back by sync yet, and when.
    var unechoedAccountData: [EventType: (content: JSONValue, at: Duration)] = [:]
    /// The last commands that were run, so that one that comes twice runs once.
    var finishedCommands: [EventID] = []
    /// Rules that were read while the start was under way, and are judged at its end.
    var unjudgedRules: Set<PolicyRule.ID> = []
    /// How many members of each room have changed since its members were last written whole.
    var memberChanges: [RoomID: Int] = [:]
    /// When the rooms began to be loaded.
    var loadingSince: Duration?
    /// What was last told that could not be done in a room, and when.
    var toldProblems: [RoomID: (problem: String, at: Duration)] = [:]
    /// When what is parked was last tried again without a sign that it may be done.
    var lastParkedRetry: Duration?
    var knownServerCount = 0
    var nextHeldNumber = 1
    /// Desires that a dry run has noted already.
    var simulated: Set<String> = []
    /// When the last answer of sync was taken in.
    package internal(set) var lastSync: Moment?
    package internal(set) var malformedEventCount = 0
    /// Answers of sync in a row that could not be taken in.
    package internal(set) var damagedAnswers = 0

    // What the decision in hand gathers.
    var now = Moment(monotonic: .zero, wallMilliseconds: 0)
    var draft = Changeset()
    var policyChanges: [PolicyChange] = []
    var transitions: [MemberTransition] = []
    var serverBansChanged = false
    var joinedRoomsChanged = false
    /// As long as the server rules stay the same.
    var compiledACL: CompiledServerACL?
    var roomsToCheckACL: Set<RoomID> = []
    var roomsToReconcile: Set<RoomID> = []
    /// Rooms whose members were loaded: rules are judged by them before they apply there.
    var roomsToJudge: Set<RoomID> = []
    var roomsWithNewPower: Set<RoomID> = []
    var usersToReconcile: Set<UserID> = []
    var reconcilesAll = false

    package enum Phase: Sendable, Equatable {
        case waitingForFirstSync
        case findingManagementRoom
        /// State of protected rooms and lists is being loaded, for the first time.
        case loadingRooms
        case enforcing
        /// It cannot go on; the program ends with this.
        case failed(StartFailure)
    }

    package init(bot: Bot, settings: BotSettings, nonce: String, log: Log) {
        self.bot = bot
        self.settings = settings
        self.nonce = nonce
        self.log = log
        self.bot.disablesServerACL = settings.disablesServerACL
    }

    /// Takes the inputs in their order, and gives all that changed.
    package mutating func decide(_ inputs: [Input], at now: Moment) -> Changeset {
        self.now = now
        for input in inputs {
            switch input {
            case .sync(let answer): take(answer)
            case .outcome(let outcome): take(outcome)
            case .needless(let row): dropNeedless(row)
            case .checked(let failures): failedChecks = failures
            case .token(let standing): take(standing)
            case .tick:
                retryTroubles()
                retryParked()
            case .recovered: tell("I can write to my database again, and go on.", .problem)
            }
            settle()
        }
        foldMemberChanges()
        defer { draft = Changeset() }
        return draft
    }

    /// The next row that may be sent, which counts as in flight.
    ///
    /// None before the first answer of sync: it shows what of the last run's rows was done already.
    package mutating func nextRow(at now: Duration) -> JournalRow? {
        guard phase != .waitingForFirstSync, let row = queue.next(at: now, sendsDesires: phase == .enforcing) else {
            return nil
        }
        guard case .changeAccountData(let change) = row.action else { return row }
        let content = bot.content(after: change)
        accountWrites[row.id] = content
        return row.sending(.setAccountData(change.type, content: content))
    }

    /// Draws the consequences of what the inputs have changed, all of it together.
    private mutating func settle() {
        let wasEnforcing = phase == .enforcing
        advanceStart()
        settlePolicyChanges()
        settleTransitions()
        settlePower()
        reconcileWhatIsDue()
        settleServerACLs()
        if wasEnforcing { tellSimulated() }
        reportWave()
        writeJoinedRooms()
        tellOfRefusedUsers()
    }
}

/// Why the bot cannot start; each has an exit code of its own.
package enum StartFailure: Error, Sendable, Equatable {
    /// The management room cannot be had; the text says why and what cures it.
    case managementRoom(String)
    /// The text says what was tried to replace the token.
    case tokenRejected(String)
    /// The data path belongs to another account.
    case otherAccount(stored: UserID, now: UserID)
    /// What answers is no homeserver; the text says what it is.
    case noHomeserver(String)
}

/// A room or alias that could not be had.
struct Trouble: Sendable {
    let text: String
    var retryAt: Duration
    var attempts: Int
}
