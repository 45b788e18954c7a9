import MatrixCore

/// Asks for what no flag has said, before anything is made.
struct Dialogue {
    let tools: SetupTools

    func complete(_ run: inout SetupRun) async throws(StepFailure) {}
}
