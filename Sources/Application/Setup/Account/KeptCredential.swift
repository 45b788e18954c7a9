import Moderation

/// The saved token, and what the bot or setup has made of it since.
struct KeptCredential: Sendable {
    let configured: Credential
    let current: Credential

    /// Whether it is to be renewed, as the bot itself would; `now` is in milliseconds since 1970.
    func isDue(_ now: Int64) -> Bool {
        guard let life = current.life, current.renewal != nil else { return false }
        return now >= life.renewalDue
    }
}
