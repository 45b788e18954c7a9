import COpenSSL

/// With padding, in one line.
///
/// - Source: RFC 4648, section 4.
package func base64(_ bytes: [UInt8]) -> String {
    // The encoder writes a zero behind the text.
    let text = unsafe [UInt8](unsafeUninitializedCapacity: (bytes.count + 2) / 3 * 4 + 1) { buffer, count in
        count = unsafe Int(EVP_EncodeBlock(buffer.baseAddress, bytes, CInt(bytes.count)))
    }
    return String(decoding: text, as: UTF8.self)
}
