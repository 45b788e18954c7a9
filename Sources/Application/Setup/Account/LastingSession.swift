import Moderation
import Observability

/// The bot's token for the steps behind the account's: one that ends meanwhile is replaced, once for all who hold it.
actor LastingSession: TokenSuccession {
    private var kept: KeptCredential
    /// All that it has been; a step may hold any of them.
    private var own: [Secret]
    private let maker: AccountMaker
    private let run: SetupRun
    private let tools: SetupTools

    init(_ kept: KeptCredential, _ maker: AccountMaker, _ run: SetupRun, _ tools: SetupTools) {
        self.kept = kept
        own = [kept.configured.token, kept.current.token]
        self.maker = maker
        self.run = run
        self.tools = tools
    }

    func current(for token: Secret) async -> Secret {
        guard own.contains(token) else { return token }
        if kept.isDue(tools.clock.wallMilliseconds()) { _ = await replacement(of: kept.current.token) }
        return kept.current.token
    }

    func replacement(of rejected: Secret) async -> Secret? {
        guard own.contains(rejected) else { return nil }
        guard kept.current.token == rejected else { return kept.current.token }
        guard let fresh = (try? await maker.fresh(kept, run, tools)) ?? nil else { return nil }
        own.append(fresh.token)
        kept = KeptCredential(configured: kept.configured, current: fresh)
        return fresh.token
    }
}
