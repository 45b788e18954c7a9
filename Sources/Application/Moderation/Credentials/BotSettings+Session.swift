extension BotSettings {
    /// What the session begins with; nil where there is no token and none is to be had.
    package var sessionOrigin: SessionOrigin? {
        if pantalaimon.isUsed { return SessionOrigin(homeserver: homeserverURL, username: pantalaimon.username) }
        return accessToken.map { SessionOrigin(of: $0) }
    }

    /// What the bot acts with: the configured token, or what became of it; nil before the first login through Pantalaimon.
    package func credential(_ saved: SavedSession?) -> Credential? {
        if let renewed = saved?.credential(from: sessionOrigin) { return renewed }
        return pantalaimon.isUsed ? nil : savedCredential ?? accessToken.map { Credential(token: $0) }
    }

    /// What helps where the token is dead for good, as the rest of a sentence that tells what to do.
    package var tokenCure: String {
        pantalaimon.isUsed
            ? "restart Pantalaimon, which goes on with the login that it had, see that pantalaimon.username and pantalaimon.password"
                + " are right, then start me again"
            : "log in anew with draupnir login, or put a new token into accessToken or the file of --access-token-path, then start"
                + " me again"
    }
}
