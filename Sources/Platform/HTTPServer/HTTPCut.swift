/// What a client was too slow at.
package enum HTTPCut: String, Sendable {
    case sendingRequest
    case receivingResponse
}
