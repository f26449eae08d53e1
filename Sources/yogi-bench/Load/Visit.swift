/// Which saga of which client it is.
struct Visit: Sendable {
    /// Tells the runs on one store apart.
    var run: String
    var client: Int
    /// From 1 for each client.
    var number: Int
}

/// When things happened to a saga, in nanoseconds of ``Clock``.
struct SagaTimes: Sendable {
    var began: Int64
    /// The durable answer to the start.
    var answered: Int64
    var ended: Int64
}

/// How a client gets a saga from its start to its end.
protocol Guest: Sendable {
    /// - Throws: when the saga does not end as it should.
    func carry(_ visit: Visit) async throws -> SagaTimes
}
