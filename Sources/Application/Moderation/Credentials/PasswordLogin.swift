package import Observability

package struct PasswordLogin: Sendable, Equatable {
    package static let deviceName = "Draupnir (moderation bot, do not remove)"

    /// A localpart or a whole user ID.
    package var user: String
    package var password: Secret
    package var deviceName = Self.deviceName
    /// The device whose token this one replaces.
    package var device: String?
    /// Asks for a refresh token, and with it for an access token that ends soon.
    package var isRenewable = false

    package init(user: String, password: Secret, device: String? = nil) {
        self.user = user
        self.password = password
        self.device = device
    }
}
