import FoundationEssentials

/// Where this checkout keeps what the tests run.
enum Installation {
    /// The checkout that these sources belong to.
    static let root: String = {
        var path = URL(filePath: #filePath)
        for _ in 0..<5 { path.deleteLastPathComponent() }
        return path.path
    }()

    struct SynapseMissing: Error, CustomStringConvertible {
        let python: String
        var description: String { "There is no Synapse at \(python): run scripts/bootstrap." }
    }

    /// The Python that has Synapse: of `scripts/bootstrap`, or another, named by `DRAUPNIR_SYNAPSE_PYTHON`.
    static func synapsePython() throws -> String {
        let chosen = ProcessInfo.processInfo.environment["DRAUPNIR_SYNAPSE_PYTHON"]
        let python = chosen ?? root + "/.local/synapse/bin/python"
        guard FileManager.default.isExecutableFile(atPath: python) else { throw SynapseMissing(python: python) }
        return python
    }

    /// The program under test, which the build puts beside the tests' own executable, or another that `DRAUPNIR_PROGRAM`
    /// names.
    static func draupnir() throws -> String {
        if let chosen = ProcessInfo.processInfo.environment["DRAUPNIR_PROGRAM"] { return chosen }
        let tests = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        return URL(filePath: tests).deletingLastPathComponent().path + "/draupnir"
    }
}
