/// What a command was given, each part as the type that it was declared with.
package struct ParsedArguments: Sendable {
    var values: [String: ArgumentValue] = [:]
    var optionValues: [String: [ArgumentValue]] = [:]
    var flags: [String: Bool] = [:]
    var restWords: [ArgumentValue] = []
    var restText = ""
    /// The words behind the command's own, as they were typed; typing them again gives the same arguments.
    package let items: [String]

    init(items: [String]) { self.items = items }

    package subscript<Value>(parameter: Parameter<Value>) -> Value {
        guard let value = values[parameter.name].flatMap(parameter.type.convert) else {
            preconditionFailure("the command does not declare <\(parameter.name)>")
        }
        return value
    }

    package subscript<Value>(parameter: OptionalParameter<Value>) -> Value? {
        values[parameter.name].flatMap(parameter.type.convert)
    }

    package subscript<Value>(option: Option<Value>) -> Value? {
        optionValues[option.name]?.last.flatMap(option.type.convert)
    }

    package subscript<Value>(option: RepeatableOption<Value>) -> [Value] {
        optionValues[option.name, default: []].compactMap(option.type.convert)
    }

    package subscript(flag: Flag) -> Bool { flags[flag.name] ?? false }

    /// The text as it was typed, white space included; empty where nothing was.
    ///
    /// A rest that is one quoted text comes without its quotes.
    package subscript(rest: RestOfText) -> String { restText }

    package subscript<Value>(rest: RestOfWords<Value>) -> [Value] { restWords.compactMap(rest.type.convert) }

    /// Whether the option was written at all.
    package func isGiven(_ option: some Argument) -> Bool {
        guard case .option(let declaration) = option.declaration else { return false }
        return flags[declaration.name] != nil || optionValues[declaration.name] != nil
    }
}
