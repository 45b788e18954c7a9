/// One step from nothing to a protected community.
///
/// A step looks first and makes only what is missing, so that it can be run any number of times.
package protocol SetupStep: Sendable {
    var name: String { get }

    /// What it will do, a line each, by what is known; shown before anything is changed.
    func plan(_ run: SetupRun) -> [String]

    /// Does it, and tells what was done or found, a line each.
    func perform(_ run: inout SetupRun, _ tools: SetupTools) async throws(StepFailure) -> [String]
}
