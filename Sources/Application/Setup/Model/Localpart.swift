package import MatrixCore

/// Why no new account can have this name, or nil.
///
/// - Source: Matrix spec, Appendices, "User Identifiers"; Synapse refuses a leading `_` and names of digits only.
package func objection(toNewLocalpart text: String, on server: ServerName?) -> String? {
    let bytes = Array(text.utf8)
    if bytes.isEmpty { return "it is empty" }
    if let upper = text.unicodeScalars.first(where: { ("A"..."Z").contains($0) }) {
        return "it has the capital letter \(upper), and names are in small letters"
    }
    let legal = { (byte: UInt8) in
        (0x30...0x39).contains(byte) || (0x61...0x7A).contains(byte) || "._=-/+".utf8.contains(byte)
    }
    if !bytes.allSatisfy(legal) { return "a name has letters a to z, digits and . _ = - / + only" }
    if bytes.first == UInt8(ascii: "_") { return "a name must not begin with _" }
    // A server's own command would take it for a flag.
    if bytes.first == UInt8(ascii: "-") { return "a name must not begin with -" }
    if bytes.allSatisfy({ (0x30...0x39).contains($0) }) { return "a name must not be digits only" }
    if bytes.count + 2 + (server?.rawValue.utf8.count ?? 0) > maximumIdentifierLength { return "it is too long" }
    return nil
}
