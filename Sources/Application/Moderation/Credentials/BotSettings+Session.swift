extension BotSettings {
    /// What the session begins with; nil where there is no token and none is to be had.
    package var sessionOrigin: SessionOrigin? {
        if pantalaimon.isUsed { return SessionOrigin(homeserver: homeserverURL, username: pantalaimon.username) }
        return accessToken.map { SessionOrigin(of: $0) }
    }

    /// What the bot acts with: the configured token, or what became of it; nil before the first login through Pantalaimon.
    package func credential(_ saved: SavedSession?) -> Credential? {
        if let saved, saved.origin == sessionOrigin { return saved.credential }
        return pantalaimon.isUsed ? nil : savedCredential ?? accessToken.map { Credential(token: $0) }
    }
}
