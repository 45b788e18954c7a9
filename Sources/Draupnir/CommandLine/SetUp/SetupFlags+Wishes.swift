import CommandGrammar
import Setup

extension SetupFlags {
    /// What the flags ask for.
    static func wishes(_ given: ParsedArguments) -> SetupWishes {
        var wishes = SetupWishes()
        wishes.homeserver = given[homeserver]
        wishes.localpart = given[localpart]
        wishes.managers = given[manager]
        wishes.managementRoom = given[managementRoom]
        wishes.directory = given[directory].map(withoutSlashAtEnd)
        wishes.registrationSharedSecretFile = given[sharedSecret]
        wishes.homeserverConfig = given[homeserverConfig]
        wishes.adminAccessTokenFile = given[adminToken]
        wishes.keepsAdminToken = given[keepAdminToken]
        wishes.passwordFile = given[password]
        wishes.accessTokenFile = given[accessToken]
        wishes.registrationTokenFile = given[registrationToken]
        wishes.appserviceRegistration = given[appservice]
        wishes.serviceClientID = given[serviceClient]
        wishes.serviceClientSecretFile = given[serviceSecret]
        wishes.serviceAdminTokenFile = given[serviceToken]
        wishes.serviceCommand = given[serviceCommand]
        wishes.usesDeviceGrant = given[oauth]
        wishes.registersOpenly = given[register]
        wishes.wantsServerAdmin = given[serverAdmin]
        wishes.keepsRateLimits = given[keepRateLimits]
        wishes.list = given[list]
        wishes.protect = given[protect]
        wishes.protectSpaces = given[protectSpace]
        wishes.protectsJoined = given[protectJoined]
        wishes.allowsPlainHTTP = given[allowPlainHTTP]
        wishes.allowsStrangers = given[allowStrangers]
        wishes.mode = given[dryRun] ? .dry : .real
        return wishes
    }

    private static func withoutSlashAtEnd(_ path: String) -> String {
        var path = path
        while path.utf8.count > 1, path.utf8.last == UInt8(ascii: "/") { path.removeLast() }
        return path
    }
}
