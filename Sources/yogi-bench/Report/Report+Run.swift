extension Report {
    /// What so many clients got, one way.
    struct Run: Codable {
        var section: String
        var way: String
        var clients: Int
        /// Requests (in process: calls) that a client sends for one saga.
        var requestsPerSaga: Int
        var sagasPerSecond: Double
        /// Until the start was answered, in milliseconds.
        var start: Percentiles
        /// Until the saga had ended.
        var whole: Percentiles
        /// Microseconds of CPU for one saga, by process.
        var cpuPerSaga: [String: Double]
        /// How many inputs shared a commit.
        var inputsPerCommit: Double
        var commitsPerSecond: Double
        /// The part of the machine's CPU that processes of others used meanwhile, 0 to 1.
        var others: Double

        init(_ section: Section, _ way: String, clients: Int, requests: Int, _ outcome: Load.Tally) {
            self.section = section.rawValue
            self.way = way
            self.clients = clients
            requestsPerSaga = requests
            let count = Double(max(1, outcome.sagas.count))
            sagasPerSecond = Double(outcome.sagas.count) / outcome.seconds
            start = Percentiles(outcome.sagas.map { $0.answered - $0.began })
            whole = Percentiles(outcome.sagas.map { $0.ended - $0.began })
            let use = outcome.use
            cpuPerSaga = use.cpu.mapValues { Double($0) / count }
            inputsPerCommit = Double(use.inputs) / Double(max(1, use.commits))
            commitsPerSecond = Double(use.commits) / outcome.seconds
            let own = use.cpu.values.reduce(0, +)
            others = Double(max(0, use.machine - own)) / (outcome.seconds * 1e6 * Double(ProcessFacts.cores))
        }

        /// CPU of the engine, and with it of the daemon, for one saga.
        var ownMicroseconds: Double? { cpuPerSaga["engine"] ?? cpuPerSaga["daemon"] }
    }

    /// The middle and the slow end of a set of durations, in milliseconds.
    struct Percentiles: Codable {
        var p50: Double
        var p99: Double

        /// - Parameter nanoseconds: in any order.
        init(_ nanoseconds: [Int64]) {
            let sorted = nanoseconds.sorted()
            func at(_ part: Double) -> Double {
                sorted.isEmpty ? 0 : Double(sorted[min(sorted.count - 1, Int(Double(sorted.count) * part))]) / 1e6
            }
            p50 = at(0.5)
            p99 = at(0.99)
        }
    }
}
