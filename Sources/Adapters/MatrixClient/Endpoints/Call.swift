import JSON

/// A request and how its answer is read: the same for the bot and for setup.
struct Call<Answer> {
    let endpoint: Endpoint
    /// What a success holds, as failures name it.
    let promised: String
    /// Nil where the answer does not hold it.
    let read: (JSONView) -> Answer?

    init(_ endpoint: Endpoint, promising promised: String, read: @escaping (JSONView) -> Answer?) {
        self.endpoint = endpoint
        self.promised = promised
        self.read = read
    }
}
