/// Why a server of ours does not listen, in terms of the keys to change.
package enum ListenError: Error, Equatable {
    case portInUse(ListenPlace)
    /// Ports below 1024 belong to root, unless the system says otherwise.
    case portIsReserved(ListenPlace)
    /// No interface of this machine has the address.
    case addressIsNotHere(ListenPlace)
    /// Neither a numeric address nor `localhost`.
    case addressIsAName(ListenPlace)
    case tooFewDescriptors(needed: Int, allowed: Int)
    case failed(ListenPlace, errno: CInt)

    /// For the operator: what failed, and what to do.
    package var message: String {
        switch self {
        case .portInUse(let place):
            "Another program listens on port \(place.port) already. Change \(place.portKey), or stop the other program."
        case .portIsReserved(let place):
            "This account may not listen on port \(place.port). Change \(place.portKey) to 1024 or more."
        case .addressIsNotHere(let place):
            "This machine does not have the address \(place.address). Change \(place.addressKey);"
                + " 0.0.0.0 listens on all of its addresses."
        case .addressIsAName(let place):
            "The address \(place.address) is a name. Change \(place.addressKey) to a numeric address or localhost."
        case .tooFewDescriptors(let needed, let allowed):
            "The server needs \(needed) open files and may have \(allowed). Raise the limit (ulimit -n, LimitNOFILE=)."
        case .failed(let place, let number):
            "Listening on \(place.address), port \(place.port), failed with error \(number) of the system."
                + " See \(place.addressKey) and \(place.portKey)."
        }
    }
}
