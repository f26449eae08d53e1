import Basics

/// Clients that carry one saga after another, each as fast as it is answered (a closed loop).
struct Load: Sendable {
    let clients: [Int]
    let seconds: Double

    /// What was measured between two readings of the meter.
    struct Tally: Sendable {
        var sagas: [SagaTimes]
        var seconds: Double
        var use: MeterReading
        /// Sagas carried, also before and after that.
        var carried: Int
    }

    /// Runs so many clients at once, warm-up first, each a task.
    func run(
        _ name: String, clients: Int, meter: Meter, as guest: @escaping @Sendable (Int) -> any Guest
    ) async throws -> Tally {
        try await run(name, clients: clients, meter: meter) { end in
            try await withThrowingTaskGroup(of: [SagaTimes].self) { group in
                for client in 1...clients {
                    group.addTask {
                        let guest = guest(client)
                        var times: [SagaTimes] = []
                        while MonotonicTime.nanoseconds < end {
                            let visit = Visit(run: "\(name) \(clients)", client: client, number: times.count + 1)
                            times.append(try await guest.carry(visit))
                        }
                        return times
                    }
                }
                return try await group.reduce(into: [SagaTimes]()) { $0 += $1 }
            }
        }
    }

    /// Measures what `carry` carries until the end that it is told, warm-up first.
    func run(
        _ name: String, clients: Int, meter: Meter,
        carry: @escaping @Sendable (_ end: Int64) async throws -> [SagaTimes]
    ) async throws -> Tally {
        Bench.say("    \(name), \(clients) \(clients == 1 ? "client" : "clients")")
        let warm = MonotonicTime.nanoseconds + Int64(seconds * 0.2e9)
        let end = warm + Int64(seconds * 1e9)
        async let readings = readings(meter, warm, end)
        let all = try await carry(end)
        let (first, last) = try await readings
        return Tally(
            sagas: all.filter { first.at < $0.ended && $0.ended <= last.at },
            seconds: Double(last.at - first.at) / 1e9, use: last - first, carried: all.count)
    }

    private func readings(
        _ meter: Meter, _ warm: Int64, _ end: Int64
    ) async throws -> (MeterReading, MeterReading) {
        try await Task.sleep(for: .nanoseconds(max(0, warm - MonotonicTime.nanoseconds)))
        let first = try await meter.read()
        try await Task.sleep(for: .nanoseconds(max(0, end - MonotonicTime.nanoseconds)))
        return (first, try await meter.read())
    }
}
