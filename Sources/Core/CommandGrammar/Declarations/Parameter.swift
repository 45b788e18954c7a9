/// A word that a command needs, in its place.
package struct Parameter<Value: Sendable>: Argument {
    package let name: String
    package let type: ArgumentType<Value>
    package let declaration: ArgumentDeclaration

    package init(_ name: String, _ type: ArgumentType<Value>, _ summary: String, isPrompted: Bool = false) {
        self.name = name
        self.type = type
        declaration = .parameter(
            ParameterDeclaration(
                name: name,
                kind: type.kind,
                summary: summary,
                isOptional: false,
                isPrompted: isPrompted
            )
        )
    }
}

/// A word that may be left out.
///
/// Where the command also takes a rest, a word that cannot be read as this parameter already belongs to the rest.
package struct OptionalParameter<Value: Sendable>: Argument {
    package let name: String
    package let type: ArgumentType<Value>
    package let declaration: ArgumentDeclaration

    package init(_ name: String, _ type: ArgumentType<Value>, _ summary: String) {
        self.name = name
        self.type = type
        declaration = .parameter(
            ParameterDeclaration(name: name, kind: type.kind, summary: summary, isOptional: true, isPrompted: false)
        )
    }
}

/// Everything behind the last parameter, as it was typed: a reason, a display name.
package struct RestOfText: Argument {
    package let name: String
    package let declaration: ArgumentDeclaration

    package init(_ name: String, _ summary: String, isPrompted: Bool = false) {
        self.name = name
        declaration = .rest(RestDeclaration(name: name, kind: nil, summary: summary, isPrompted: isPrompted))
    }
}

/// Every word behind the last parameter, each of one type.
package struct RestOfWords<Value: Sendable>: Argument {
    package let name: String
    package let type: ArgumentType<Value>
    package let declaration: ArgumentDeclaration

    package init(_ name: String, _ type: ArgumentType<Value>, _ summary: String, isPrompted: Bool = false) {
        self.name = name
        self.type = type
        declaration = .rest(RestDeclaration(name: name, kind: type.kind, summary: summary, isPrompted: isPrompted))
    }
}
