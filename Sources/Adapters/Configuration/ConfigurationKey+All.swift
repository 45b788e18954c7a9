import Moderation
import Observability

extension ConfigurationKey {
    /// Every key, in the order in which people read about them.
    ///
    /// Reading, suggestions for misspelt keys, the list of what is set, and documents all come from here.
    package static let all = account + rooms + conduct + talk + protections + servers
}
