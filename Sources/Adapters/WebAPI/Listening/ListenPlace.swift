import Observability

/// Where a server is to listen, and by which keys of the configuration.
package struct ListenPlace: Sendable, Equatable {
    /// Fit to be shown.
    package let address: String
    package let port: UInt16
    package let addressKey: String
    package let portKey: String

    /// `section` holds the keys `address` and `port`, as `health.healthz` does.
    package init(address: String, port: UInt16, section: String) {
        self.address = printable(address, limit: 100)
        self.port = port
        addressKey = section + ".address"
        portKey = section + ".port"
    }
}
