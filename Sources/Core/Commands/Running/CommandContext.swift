package import MatrixCore
package import PolicyEngine
package import Protections
package import RoomState

/// What a command sees when it is asked what to do: the state as it is at that moment.
package struct CommandContext: Sendable {
    package let bot: Bot
    package let rooms: RoomStates
    package let policies: PolicyIndex
    /// Lists that were loaded only to be looked at.
    package let previews: [RoomID: PolicyList]
    package let held: [HeldFact]
    /// What is being sent right now, and may be done before anybody knows.
    package let inFlight: [Action]
    package let status: StatusFacts
    /// Who typed the command.
    package let sender: UserID
    /// The words that call the bot, for lines to be repeated.
    package let program: String

    package init(
        bot: Bot,
        rooms: RoomStates,
        policies: PolicyIndex,
        previews: [RoomID: PolicyList] = [:],
        held: [HeldFact] = [],
        inFlight: [Action] = [],
        status: StatusFacts = StatusFacts(),
        sender: UserID,
        program: String = "!draupnir"
    ) {
        self.bot = bot
        self.rooms = rooms
        self.policies = policies
        self.previews = previews
        self.held = held
        self.inFlight = inFlight
        self.status = status
        self.sender = sender
        self.program = program
    }
}

/// A held rule as `held` shows it.
package struct HeldFact: Sendable {
    package let rule: PolicyRule
    /// What `release` takes.
    package let number: Int
    package let why: String

    package init(rule: PolicyRule, number: Int, why: String) {
        self.rule = rule
        self.number = number
        self.why = why
    }
}

/// What `status` shows beside rooms and lists.
package struct StatusFacts: Sendable {
    package var version = ""
    package var isDryRun = false
    package var isPaused = false
    /// How long ago sync last brought an answer.
    package var sinceLastSync: Duration?
    /// What waits to be sent, by what it is.
    package var waiting: [(name: String, count: Int)] = []
    /// Rooms in which something was refused, with the reason and how many actions wait.
    package var parked: [(room: RoomID, reason: String, count: Int)] = []
    /// Rooms and lists that could not be had, and why; then failed checks by their codes.
    package var troubles: [(name: String, text: String)] = []
    /// Protected rooms in which the bot may not ban.
    package var powerless: [RoomID] = []
    /// How long ago each list last changed, where it did in this run.
    package var listChanges: [RoomID: Duration] = [:]
    /// Requests at once, and the pace that a rate limit asks for.
    package var concurrency = 0
    package var pace: Duration?
    package var malformedEvents = 0
    /// What is configured and not built.
    package var notBuilt: [(key: String, consequence: String)] = []

    package init() {}
}
