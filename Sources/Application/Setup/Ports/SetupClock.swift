/// Time and chance, for what has to wait, be measured or be unguessable.
package protocol SetupClock: Sendable {
    /// Since some fixed instant.
    func now() -> Duration
    /// Since 1970.
    func wallMilliseconds() -> Int64
    func sleep(for duration: Duration) async
    /// Bytes that nobody can guess.
    func randomBytes(_ count: Int) -> [UInt8]
}
