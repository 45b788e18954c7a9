import Configuration
import Testing
import TestSupport

/// Damaged configurations: each is reported on and none ends the program; a failing seed is named by its test.
@Suite(.timeLimit(.minutes(1))) struct FuzzTests {
    private static let sample = Array(SampleTests.everything.utf8)
    private static let signs = Array("\n\n  ::--[]{}'\"#&*!|>%@`?,0\t\\\u{7F}~<=".utf8) + [0, 0xFF, 0xC3, 0xE2]

    @Test(arguments: 0..<200) func `a damaged file is reported on`(seed: Int) {
        var numbers = SeededNumbers(seed: UInt64(seed))
        var bytes = Self.sample
        for _ in 0..<Int.random(in: 1...4, using: &numbers) {
            let place = Int.random(in: 0..<bytes.count, using: &numbers)
            let sign = Self.signs.randomElement(using: &numbers) ?? 0
            switch Int.random(in: 0..<5, using: &numbers) {
            case 0: bytes[place] = sign
            case 1: bytes.insert(sign, at: place)
            case 2: bytes.remove(at: place)
            case 3: bytes.removeSubrange(place..<min(bytes.count, place + 40))
            default: bytes.insert(contentsOf: bytes[place..<min(bytes.count, place + 40)], at: place)
            }
            guard !bytes.isEmpty else { return }
        }
        let report = Configuration.read(bytes, file: "bot.yaml")
        #expect((report.settings == nil) == !report.problems.isEmpty)
        #expect(report.text.utf8.allSatisfy { $0 >= 0x20 || $0 == UInt8(ascii: "\n") })
    }
}
