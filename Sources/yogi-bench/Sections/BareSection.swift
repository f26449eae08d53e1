/// (a) What libsqlite3 alone commits: the same tables, the same rows, prepared statements, nothing decided.
struct BareSection {
    let place: BenchFolder
    let seconds: Double

    /// How many transitions share a commit.
    static let batches = [1, 8, 64, 512]

    func measure() async throws -> Report.Bare {
        let path = place.file("bare.db")
        // The engine makes the tables, so they are those of the store.
        let saga = try await RecordedSaga.record(at: path)
        let writer = try BareWriter(path: path, saga: saga)
        let rates = try Self.batches.map { batch in
            Bench.say("    batch \(batch)")
            _ = try writer.transitionsPerSecond(batch: batch, seconds: seconds * 0.2)
            return Report.Bare.Rate(
                batch: batch, transitionsPerSecond: try writer.transitionsPerSecond(batch: batch, seconds: seconds))
        }
        return Report.Bare(
            transitionsPerSaga: saga.transitions.count, recordBytes: saga.transitions.map(\.records.count), rates: rates
        )
    }
}
