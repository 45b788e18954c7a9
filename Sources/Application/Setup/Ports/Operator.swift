/// The person who sets the bot up, or the script that stands for one.
package protocol Operator: Sendable {
    /// Whether anybody can be asked.
    var answers: Bool { get }

    /// Asks until the answer is right.
    ///
    /// - Throws: where nobody can be asked, or the person left.
    func ask(_ question: Question) async throws(OperatorGone) -> String

    /// An address that the person opens, perhaps on another device.
    func show(link: String)

    /// Progress, for a person to read.
    func tell(_ line: String)
}

/// Nobody answers: the input has ended.
package struct OperatorGone: Error, Equatable {
    package init() {}
}

package struct Question: Sendable {
    /// The flag that answers it where nobody is asked.
    package var flag: String
    package var text: String
    /// Taken for an empty answer.
    package var standard: String?
    /// Not shown while it is typed.
    package var isSecret = false
    /// What is wrong with an answer, or nil.
    package var objection: @Sendable (String) -> String?

    package init(
        _ flag: String,
        _ text: String,
        standard: String? = nil,
        isSecret: Bool = false,
        objection: @escaping @Sendable (String) -> String? = { _ in nil }
    ) {
        self.flag = flag
        self.text = text
        self.standard = standard
        self.isSecret = isSecret
        self.objection = objection
    }
}
