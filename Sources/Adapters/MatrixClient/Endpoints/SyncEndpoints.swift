import HTTPClient
package import JSON
package import Moderation

extension MatrixClient {
    package func sync(_ request: SyncRequest) async throws(HomeserverError) -> any PaddedBytes {
        let poll = max(request.timeout, .zero)
        var query = [
            ("filter", String(decoding: filter(for: request).encoded(), as: UTF8.self)),
            ("timeout", String(poll.milliseconds)),
        ]
        if let since = request.since { query.append(("since", since)) }
        if request.usesStateAfter {
            query.append(("use_state_after", "true"))
            query.append(("org.matrix.msc4222.use_state_after", "true"))
        }
        var endpoint = Endpoint(.get, ["sync"], query: query)
        let catchesUp = request.since == nil || poll < .seconds(1)
        endpoint.timeout = poll + (catchesUp ? limits.catchUpTime : limits.pollMargin)
        endpoint.maximumBodySize = limits.largeSize
        let body = try await answer(to: endpoint)
        guard body.isEnclosed(by: "{", "}") else { throw .badAnswer("a sync that is no JSON object") }
        return body
    }

    /// Given with the request: a stored filter would be one more thing that can be lost.
    ///
    /// `not_types` of everything is what spares Synapse the work; an empty `types` does not.
    private func filter(for request: SyncRequest) -> JSONValue {
        let nothing: JSONValue = ["not_types": ["*"]]
        return [
            "presence": nothing,
            "room": [
                "timeline": ["limit": .integer(Int64(request.timelineLimit))],
                "state": ["lazy_load_members": .boolean(request.lazyLoadsMembers)],
                "ephemeral": nothing,
                "account_data": nothing,
            ],
        ]
    }
}

extension Duration {
    fileprivate var milliseconds: Int64 {
        let (seconds, attoseconds) = components
        let (whole, overflows) = seconds.multipliedReportingOverflow(by: 1_000)
        return overflows ? .max : whole + attoseconds / 1_000_000_000_000_000
    }
}
