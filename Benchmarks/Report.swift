import Glibc

/// The table, a line as soon as it is known.
struct Report {
    private static let widths = [58, 16, 30, 14]

    func begin() {
        line("what", "measured", "beside it", "budget", "")
        print(String(repeating: "-", count: Self.widths.reduce(8, +)))
    }

    /// `isMet` is nil where there is no budget.
    func line(_ what: String, _ measured: String, beside floor: String = "", budget: String = "", isMet: Bool? = nil) {
        line(what, measured, floor, budget, isMet.map { $0 ? "" : "MISSED" } ?? "")
    }

    func line(_ what: String, atLeast budget: Double, _ rate: Double, _ unit: String, beside floor: String = "") {
        line(what, "\(rounded(rate)) \(unit)", beside: floor, budget: ">= \(rounded(budget))", isMet: rate >= budget)
    }

    func line(_ what: String, atMost budget: Duration, _ time: Duration, beside floor: String = "") {
        line(what, text(time), beside: floor, budget: "< \(text(budget))", isMet: time < budget)
    }

    private func line(_ cells: String...) {
        var text = ""
        for (cell, width) in zip(cells, Self.widths + [0]) {
            text += cell + String(repeating: " ", count: max(1, width - cell.count))
        }
        print(text)
        fflush(nil)
    }
}

func rounded(_ value: Double) -> String {
    if value >= 100 { return "\(Int(value.rounded()))" }
    return "\((value * 100).rounded() / 100)"
}

func text(_ time: Duration) -> String {
    let seconds = time / .seconds(1)
    if seconds >= 1 { return "\(rounded(seconds)) s" }
    if seconds >= 0.001 { return "\(rounded(seconds * 1_000)) ms" }
    return "\(rounded(seconds * 1_000_000)) us"
}
