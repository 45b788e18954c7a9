/// What the program ends with, for service managers and scripts.
enum ExitCode: Int32 {
    case success = 0
    case failure = 1
    /// Of the commands that set a bot up: flags are missing or wrong.
    case wrongFlags = 2
    /// Of the same: refused, since harm would come of it.
    case refused = 3
    /// The command line is wrong (`EX_USAGE`).
    case usage = 64
    /// The homeserver cannot be used: nobody answers there as a homeserver (`EX_UNAVAILABLE`).
    case homeserver = 69
    /// The database cannot be opened or written (`EX_CANTCREAT`).
    case database = 73
    /// Another process runs on the same data path (`EX_TEMPFAIL`).
    case secondInstance = 75
    /// The access token is unknown or was revoked (`EX_NOPERM`).
    case token = 77
    /// The configuration is wrong (`EX_CONFIG`).
    case configuration = 78
    /// The management room cannot be had.
    case managementRoom = 79
    /// A port that is configured cannot be listened on.
    case port = 80
    /// Services did not end in time and were cut off.
    case notDrained = 81
}
