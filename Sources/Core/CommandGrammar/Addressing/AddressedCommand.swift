/// What a message says to the bot, and how it got the bot's attention.
package struct AddressedCommand: Sendable {
    package enum Address: Sendable, Equatable {
        /// A symbol and a name: `!draupnir`.
        case prefix
        /// A symbol alone: the word behind it may as well be meant for another bot.
        case symbol
        /// The display name, which people also write when they talk about the bot.
        case displayName
        case mention
    }

    /// The rest of the body, as it was typed.
    package let text: Substring
    package let address: Address
}
