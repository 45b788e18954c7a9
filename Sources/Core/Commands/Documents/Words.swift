/// A number of things in words, such as `1 rule` and `2 rules`.
package func counted(_ number: Int, _ noun: String) -> String { "\(number) \(noun)\(number == 1 ? "" : "s")" }

/// A duration as exact as people want it: tenths of a second at the best.
package func brief(_ duration: Duration) -> String {
    let seconds = duration / .seconds(1)
    if seconds < 10 { return "\(oneDecimal(seconds)) s" }
    if seconds < 120 { return "\(Int(seconds)) s" }
    return seconds < 7_200 ? "\(Int(seconds / 60)) min" : "\(Int(seconds / 3_600)) h"
}

package func oneDecimal(_ value: Double) -> String {
    let tenths = Int((value * 10).rounded())
    return "\(tenths / 10).\(tenths % 10)"
}
