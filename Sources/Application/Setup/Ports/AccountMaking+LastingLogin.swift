package import Moderation

extension AccountMaking {
    /// Logs in; where the token ends by itself and cannot be renewed, again for one of the same device that can.
    ///
    /// Where the second login fails, the first is good for a while. `now` is in milliseconds since 1970.
    package func lastingLogin(
        _ login: PasswordLogin,
        _ now: @Sendable () -> Int64
    ) async throws(ServerFailure) -> AccountSession {
        let first = try await datedLogin(login, now)
        guard first.expiresIn != nil, first.renewal == nil, !login.isRenewable else { return first }
        var renewable = login
        renewable.device = first.device ?? login.device
        renewable.isRenewable = true
        do throws(ServerFailure) { return try await datedLogin(renewable, now) } catch { return first }
    }

    private func datedLogin(
        _ login: PasswordLogin,
        _ now: @Sendable () -> Int64
    ) async throws(ServerFailure) -> AccountSession {
        let asked = now()
        return try await logIn(login).dated(asked)
    }
}
