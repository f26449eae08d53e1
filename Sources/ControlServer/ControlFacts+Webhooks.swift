import ControlAPI
public import SagaCore
public import SagaEngine

extension ControlFacts {
    /// A receiver that the daemon tells what happens, as `GET /v1/feeds`, `/v1/status` and `/metrics` show it.
    public struct Webhook: Sendable, Hashable {
        /// The name of its consumer.
        public var consumer: String
        /// Where it is.
        public var url: String
        /// How it is with it.
        public var state: State
        /// Since when it takes nothing; `nil` while it does.
        public var since: Instant?
        /// In the last failure's own words.
        public var error: String?
        /// How far it has come; `nil` before it was read for.
        public var progress: ConsumerProgress?
        /// Batches since the start of the process, by what came of them.
        public var deliveries: [DeliveryOutcome: Int]

        /// How it is with a receiver.
        public enum State: String, Sendable, Hashable, CaseIterable {
            /// It takes what it is told.
            case delivering
            /// It takes nothing now, and is asked again each backoff.
            case parked
            /// It has said that it will never take anything again (410).
            case gone
        }

        /// What came of a batch.
        public enum DeliveryOutcome: String, Sendable, Hashable, CaseIterable {
            case taken
            /// An answer that is no 2xx.
            case refused
            /// No connection.
            case unreached
            /// No answer, and nobody knows whether it came there.
            case unanswered
        }

        /// A receiver at a moment.
        public init(
            consumer: String, url: String, state: State = .delivering, since: Instant? = nil, error: String? = nil,
            progress: ConsumerProgress? = nil, deliveries: [DeliveryOutcome: Int] = [:]
        ) {
            self.consumer = consumer
            self.url = url
            self.state = state
            self.since = since
            self.error = error
            self.progress = progress
            self.deliveries = deliveries
        }
    }

    /// What the engine would not do, in the words of its problem.
    public static func words(of error: EngineError) -> String { WireProblem(error).detail }

    /// How far the consumers have come that the daemon itself tells.
    var progress: [String: ConsumerProgress] {
        webhooks().reduce(into: [:]) { $0[$1.consumer] = $1.progress }
    }
}
