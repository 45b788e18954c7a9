/// `--name value` or `--name=value`; given at most once.
package struct Option<Value: Sendable>: Argument {
    package let name: String
    package let type: ArgumentType<Value>
    package let declaration: ArgumentDeclaration

    package init(
        _ name: String,
        _ type: ArgumentType<Value>,
        _ summary: String,
        letter: Unicode.Scalar? = nil,
        valueName: String = "",
        deprecatedFor replacement: String? = nil,
        isHidden: Bool = false
    ) {
        self.name = name
        self.type = type
        declaration = .option(
            OptionDeclaration(
                name: name,
                letter: letter,
                kind: type.kind,
                valueName: valueName.isEmpty ? type.kind.placeholder : valueName,
                summary: summary,
                isRepeatable: false,
                replacement: replacement,
                isHidden: isHidden
            )
        )
    }
}

/// An option that may be given several times; its values are kept in order.
package struct RepeatableOption<Value: Sendable>: Argument {
    package let name: String
    package let type: ArgumentType<Value>
    package let declaration: ArgumentDeclaration

    package init(
        _ name: String,
        _ type: ArgumentType<Value>,
        _ summary: String,
        letter: Unicode.Scalar? = nil,
        valueName: String = ""
    ) {
        self.name = name
        self.type = type
        declaration = .option(
            OptionDeclaration(
                name: name,
                letter: letter,
                kind: type.kind,
                valueName: valueName.isEmpty ? type.kind.placeholder : valueName,
                summary: summary,
                isRepeatable: true,
                replacement: nil,
                isHidden: false
            )
        )
    }
}

/// `--name`, given or not; it takes a value only as `--name=true` and `--name=false`.
package struct Flag: Argument {
    package let name: String
    package let declaration: ArgumentDeclaration

    package init(_ name: String, _ summary: String, letter: Unicode.Scalar? = nil, isHidden: Bool = false) {
        self.name = name
        declaration = .option(
            OptionDeclaration(
                name: name,
                letter: letter,
                kind: nil,
                valueName: "",
                summary: summary,
                isRepeatable: true,  // saying it twice harms nobody
                replacement: nil,
                isHidden: isHidden
            )
        )
    }
}
