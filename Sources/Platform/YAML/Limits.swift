/// Bounds on what a document may cost; an alias costs as much as what it stands for.
package struct Limits: Sendable {
    package var bytes = 16 << 20
    package var values = 100_000
    package var depth = 64

    package init() {}
}
