extension Unicode.Scalar {
    /// White space as people type it: Unicode's, and the byte order mark that some keyboards leave in.
    var separatesWords: Bool { properties.isWhitespace || value == 0xFEFF }

    var isASCIILetter: Bool { ("a"..."z").contains(self) || ("A"..."Z").contains(self) }
    var isASCIIDigit: Bool { ("0"..."9").contains(self) }
}

extension StringProtocol {
    /// ASCII letters in lower case and all else as it is: how command words and options are compared.
    var foldedASCII: String {
        var folded = ""
        for scalar in unicodeScalars {
            let isUpper = ("A"..."Z").contains(scalar)
            folded.unicodeScalars.append(isUpper ? Unicode.Scalar(UInt8(scalar.value) | 0x20) : scalar)
        }
        return folded
    }
}
