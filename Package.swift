// swift-tools-version: 6.3
import PackageDescription

// The target graph is the architecture: the core decides, the application orders, the adapters do, the platform
// carries. `docs/architecture.md` draws it.

/// Applied to every Swift target, tests included.
let house: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),  // `any` marks dynamic dispatch
    .enableUpcomingFeature("InternalImportsByDefault"),  // a dependency shows only where written `package import`
    .enableUpcomingFeature("MemberImportVisibility"),  // a file imports what it uses
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),  // async stays on its caller's actor
    .enableUpcomingFeature("InferIsolatedConformances"),
    .enableUpcomingFeature("ImmutableWeakCaptures"),
    .strictMemorySafety(),  // every unsafe use is spelled `unsafe`
    .treatAllWarnings(as: .error),
]

func names(_ list: [String]) -> [Target.Dependency] { list.map { .target(name: $0) } }

/// A C library found through pkg-config and installed by a Debian package.
func system(_ name: String, pkgConfig: String, apt: String) -> Target {
    .systemLibrary(name: name, path: "Sources/CLibraries/\(name)", pkgConfig: pkgConfig, providers: [.apt([apt])])
}

/// A C++ library behind an `extern "C"` header of our own.
func shim(_ name: String, over library: String) -> Target {
    .target(
        name: name,
        path: "Sources/CLibraries/\(name)",
        cxxSettings: [.define("NDEBUG", .when(configuration: .release))],
        linkerSettings: [.linkedLibrary(library)]
    )
}

func target(_ layer: String, _ name: String, _ dependencies: String...) -> Target {
    .target(name: name, dependencies: names(dependencies), path: "Sources/\(layer)/\(name)", swiftSettings: house)
}

func tests(_ name: String, excluding files: [String] = [], _ dependencies: String...) -> Target {
    .testTarget(
        name: "\(name)Tests",
        dependencies: names([name] + dependencies),
        exclude: files,
        swiftSettings: house
    )
}

let package = Package(
    name: "draupnir",
    products: [.executable(name: "draupnir", targets: ["Draupnir"])],
    targets: [
        system("CCurl", pkgConfig: "libcurl", apt: "libcurl4-openssl-dev"),
        system("CZlib", pkgConfig: "zlib", apt: "zlib1g-dev"),
        system("CMicroHTTPD", pkgConfig: "libmicrohttpd", apt: "libmicrohttpd-dev"),
        system("CSQLite", pkgConfig: "sqlite3", apt: "libsqlite3-dev"),
        system("CYAML", pkgConfig: "yaml-0.1", apt: "libyaml-dev"),
        system("COpenSSL", pkgConfig: "libcrypto", apt: "libssl-dev"),
        system("CQRencode", pkgConfig: "libqrencode", apt: "libqrencode-dev"),
        // glibc's own: no package, and no flags to ask for.
        .systemLibrary(name: "CMalloc", path: "Sources/CLibraries/CMalloc"),
        .systemLibrary(name: "CProcess", path: "Sources/CLibraries/CProcess"),
        shim("CJSON", over: "simdjson"),
        shim("CRegex", over: "re2"),

        target("Platform", "HTTPClient", "CCurl", "CZlib"),
        target("Platform", "HTTPServer", "CMicroHTTPD"),
        target("Platform", "SQLite", "CSQLite"),
        target("Platform", "YAML", "CYAML"),
        target("Platform", "JSON", "CJSON"),
        target("Platform", "Patterns", "CRegex"),
        target("Platform", "Cryptography", "COpenSSL"),
        target("Platform", "Terminal", "CQRencode"),
        target("Platform", "Observability"),
        target("Platform", "Lifecycle", "CMalloc", "CProcess"),

        target("Core", "MatrixCore", "JSON", "Patterns"),
        target("Core", "RoomState", "MatrixCore", "JSON", "Patterns", "Cryptography"),
        target("Core", "PolicyEngine", "MatrixCore", "JSON", "Patterns", "Cryptography"),
        target("Core", "Protections", "MatrixCore", "RoomState", "PolicyEngine", "JSON"),
        target("Core", "CommandGrammar", "MatrixCore"),
        target("Core", "Commands", "CommandGrammar", "MatrixCore", "RoomState", "PolicyEngine", "Protections", "JSON"),

        target(
            "Application",
            "Moderation",
            "MatrixCore",
            "RoomState",
            "PolicyEngine",
            "Protections",
            "CommandGrammar",
            "Commands",
            "JSON",
            "Cryptography",
            "Observability",
            "Lifecycle"
        ),

        target(
            "Application",
            "Setup",
            "Moderation",
            "MatrixCore",
            "Protections",
            "Commands",
            "JSON",
            "Patterns",
            "Observability"
        ),

        target(
            "Adapters",
            "MatrixClient",
            "Moderation",
            "Setup",
            "Cryptography",
            "MatrixCore",
            "Protections",
            "HTTPClient",
            "JSON",
            "Observability"
        ),
        target("Adapters", "Storage", "Moderation", "MatrixCore", "Protections", "SQLite", "JSON", "Lifecycle"),
        target("Adapters", "WebAPI", "Moderation", "HTTPServer", "Lifecycle", "Observability"),
        target(
            "Adapters",
            "Configuration",
            "Moderation",
            "Setup",
            "MatrixCore",
            "CommandGrammar",
            "YAML",
            "Observability",
            "Lifecycle"
        ),

        target(
            ".",
            "SimulatedHomeserver",
            "Moderation",
            "MatrixCore",
            "Protections",
            "JSON"
        ),
        .executableTarget(
            name: "Draupnir",
            dependencies: names([
                "Moderation", "MatrixClient", "Storage", "WebAPI", "Configuration", "CommandGrammar",
                "HTTPClient",
                "HTTPServer", "Lifecycle", "Setup", "Terminal", "Observability", "MatrixCore", "Protections", "JSON",
            ]),
            swiftSettings: house
        ),
        .executableTarget(
            name: "Benchmarks",
            dependencies: names([
                "Moderation", "Storage", "PolicyEngine", "RoomState", "Protections", "Commands", "MatrixCore",
                "Observability",
                "Patterns", "HTTPClient", "HTTPServer", "Lifecycle", "JSON",
            ]),
            path: "Benchmarks",
            swiftSettings: house
        ),

        tests("HTTPClient", "TestSupport"), tests("HTTPServer"), tests("SQLite"), tests("YAML"), tests("JSON"),
        tests("Patterns"),
        tests("Cryptography"), tests("Terminal"), tests("Lifecycle"), tests("Observability"),
        tests("MatrixCore", "JSON"),
        // What tests of several targets need: seeded numbers, identifiers as literals, a loopback socket, recorded answers.
        .target(
            name: "TestSupport",
            dependencies: names(["Moderation", "Observability", "MatrixCore", "JSON"]),
            path: "Tests/TestSupport",
            swiftSettings: house
        ),
        // A whole bot at the double, on virtual time, for the tests of decisions and for simulations.
        .target(
            name: "BotHarness",
            dependencies: names([
                "Moderation", "SimulatedHomeserver", "Commands", "Protections", "MatrixCore", "JSON", "Observability",
                "Lifecycle", "TestSupport",
            ]),
            path: "Tests/BotHarness",
            swiftSettings: house
        ),
        .testTarget(
            name: "SimulationTests",
            dependencies: names([
                "BotHarness", "TestSupport", "Moderation", "SimulatedHomeserver", "Commands", "RoomState",
                "PolicyEngine",
                "Protections",
                "MatrixCore", "JSON", "Observability",
            ]),
            swiftSettings: house
        ),
        tests(
            "Moderation",
            excluding: ["Fixtures"],
            "BotHarness",
            "TestSupport",
            "SimulatedHomeserver",
            "Commands",
            "RoomState",
            "PolicyEngine",
            "Protections",
            "MatrixCore",
            "JSON",
            "Observability",
            "Lifecycle"
        ),
        tests("RoomState", "TestSupport", "MatrixCore", "JSON"),
        tests("PolicyEngine", "TestSupport", "MatrixCore", "JSON", "Patterns"),
        tests("CommandGrammar", "TestSupport", "MatrixCore"),
        tests("Commands", "TestSupport", "CommandGrammar", "Protections", "MatrixCore", "JSON"),
        tests(
            "MatrixClient",
            "TestSupport",
            "Moderation",
            "Setup",
            "MatrixCore",
            "Protections",
            "HTTPClient",
            "JSON",
            "Observability"
        ),
        // What every homeserver must do: for the double here and, in the integration tests, for a real one.
        .target(
            name: "HomeserverContract",
            dependencies: names(["Moderation", "MatrixCore", "Protections", "JSON"]),
            path: "Tests/HomeserverContract",
            swiftSettings: house
        ),
        tests("SimulatedHomeserver", "Moderation", "MatrixCore", "Protections", "JSON"),
        tests("HomeserverContract", "SimulatedHomeserver", "Moderation", "MatrixCore", "Protections", "JSON"),
        tests(
            "Storage",
            "TestSupport",
            "SimulatedHomeserver",
            "Moderation",
            "Protections",
            "MatrixCore",
            "JSON",
            "SQLite"
        ),
        tests(
            "Setup",
            "TestSupport",
            "MatrixClient",
            "HTTPClient",
            "Configuration",
            "Moderation",
            "MatrixCore",
            "JSON",
            "Observability"
        ),
        tests("Configuration", "TestSupport", "Setup", "Moderation", "MatrixCore", "Observability", "YAML"),
        tests("WebAPI", "Moderation", "Lifecycle", "Observability", "HTTPClient"),

        .testTarget(
            name: "IntegrationTests",
            dependencies: names([
                "Draupnir", "TestSupport", "HomeserverContract", "MatrixClient", "Moderation", "Protections",
                "HTTPClient", "JSON",
                "Cryptography", "MatrixCore", "Observability",
            ]),
            swiftSettings: house
        ),
    ],
    swiftLanguageModes: [.v6],
    cxxLanguageStandard: .cxx17
)
