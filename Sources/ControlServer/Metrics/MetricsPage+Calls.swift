import SagaCore
import SagaEngine

extension MetricsPage {
    mutating func addCalls() {
        let calls = metrics.calls.all.sorted { $0.key.description < $1.key.description }
        let rest = Operation(participant: Self.other, operation: Self.other)
        let all = calls + (metrics.calls.rest.map { [(rest, $0)] } ?? [])
        page.counter(
            "yogiyogi_attempts", "Calls of participants that left, retries among them.",
            all.map { .init(Self.labels($0.key), $0.value.attempts) })
        page.histogram(
            "yogiyogi_call_duration_seconds", "How long calls of participants took, by what became of them.",
            all.flatMap { operation, calls in
                calls.outcomes.map {
                    (labels: Self.labels(operation) + [("outcome", $0.outcome)], histogram: $0.seconds)
                }
            })
        addParticipants()
    }

    private static func labels(_ operation: Operation) -> Exposition.Labels {
        [("participant", operation.participant), ("operation", operation.operation)]
    }

    /// The calls of a participant that have not come back; of the rest, together.
    private struct Counts {
        var inFlight = 0
        var queued = 0
        var parked = 0
        /// How many breakers are so.
        var breakers: [String: Int] = [:]

        mutating func add(_ calls: EngineStatus.CallCounts?, breaker: String) {
            inFlight += calls?.inFlight ?? 0
            queued += calls?.queued ?? 0
            parked += calls?.parking?.calls ?? 0
            breakers[calls?.breaker?.rawValue ?? breaker, default: 0] += 1
        }
    }

    private mutating func addParticipants() {
        var counts = Bounded<String, Counts>(most: EngineMetrics.participantsMax)
        var left = metrics.participants
        for one in facts.participants().sorted(by: { $0.name < $1.name }) {
            let calls = left.removeValue(forKey: one.name)
            counts.change(one.name, new: Counts()) { $0.add(calls, breaker: one.breaker) }
        }
        // Those that a configuration of before had, while something is under way there.
        for (name, calls) in left.sorted(by: { $0.key < $1.key }) where calls.inFlight + calls.queued > 0 {
            counts.change(name, new: Counts()) { $0.add(calls, breaker: "off") }
        }
        let all = counts.all + (counts.rest.map { [(Self.other, $0)] } ?? [])
        func samples(_ value: (Counts) -> Int) -> [Exposition.Sample] {
            all.map { .init([("participant", $0.key)], value($0.value)) }
        }
        page.gauge("yogiyogi_calls_in_flight", "Calls that were sent and not answered.", samples(\.inFlight))
        page.gauge(
            "yogiyogi_calls_queued", "Calls that wait, for room or for the participant to come back.",
            samples(\.queued))
        page.gauge(
            "yogiyogi_calls_parked", "Those of them that wait for the participant to come back.", samples(\.parked))
        page.gauge(
            "yogiyogi_breaker_state", "1 for the state that a participant's breaker is in.",
            all.flatMap { name, counts in
                ["closed", "open", "half-open"].map {
                    .init([("participant", name), ("state", $0)], counts.breakers[$0] ?? 0)
                }
            })
    }
}
