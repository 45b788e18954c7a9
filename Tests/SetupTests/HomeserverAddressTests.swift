import MatrixCore
import Setup
import Testing

@Suite struct HomeserverAddressTests {
    @Test(
        arguments: [
            ("example.org", "example.org", nil), ("example.org:8448", "example.org:8448", nil),
            ("@draupnir:example.org", "example.org", nil),
            ("https://matrix.example.org/", nil, "https://matrix.example.org"),
            ("HTTPS://matrix.example.org:443/base/", nil, "https://matrix.example.org:443/base"),
            ("https://matrix.example.org/_matrix/client/versions", nil, "https://matrix.example.org"),
            ("http://[::1]:8008", nil, "http://[::1]:8008"), ("https://a.org/?x#y", nil, "https://a.org"),
        ] as [(String, String?, String?)]
    )
    func `reads a name, a user ID or a URL`(_ text: String, name: String?, url: String?) throws {
        let address = try #require(HomeserverAddress(text))
        #expect(address.serverName?.rawValue == name)
        if let url { #expect(address == .url(url)) }
    }

    @Test(arguments: [
        "", "not a server", "https://", "https://user:pw@a.org", "ftp://a.org", "@x", "a/b", "https://a b",
        "https://a.org/$(id)", "https://a.org/;id", "https://a.org/&id", "https://a.org/'id'", "https://a.org/*",
        "https://a.org/!id", "https://a.org/`id`", "https://a.org/(id)",
    ])
    func `refuses what names no homeserver`(_ text: String) { #expect(HomeserverAddress(text) == nil) }

    @Test(arguments: [
        ("http://localhost:8008", false), ("http://127.0.0.1", false), ("http://127.1.2.3:80/x", false),
        ("http://[::1]:8008", false), ("https://example.org", false), ("http://synapse.localhost", false),
        ("http://example.org", true), ("http://10.0.0.1:8008", true), ("http://127.0.0.1.evil.org", true),
        ("http://localhost.evil.org", true), ("HTTP://example.org", true), ("http://[2001:db8::1]", true),
    ])
    func `knows where secrets could be read on the way`(_ url: String, isExposed expected: Bool) {
        #expect(isExposed(url) == expected)
    }

    @Test(
        arguments: [
            ("draupnir", nil), ("draupnir-2.bot_x=/+", nil), ("", "it is empty"),
            ("_bot", "a name must not begin with _"),
            ("12345", "a name must not be digits only"),
            ("Draupnir", "it has the capital letter D, and names are in small letters"),
            ("döner", "a name has letters a to z, digits and . _ = - / + only"),
            ("two words", "a name has letters a to z, digits and . _ = - / + only"),
        ] as [(String, String?)]
    )
    func `says why an account cannot have a name`(_ name: String, objection expected: String?) {
        #expect(objection(toNewLocalpart: name, on: nil) == expected)
    }
}
