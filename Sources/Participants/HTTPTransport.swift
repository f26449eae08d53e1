import EventLoopTasks
public import Logging
import NIOCore
import NIOPosix
public import SagaCore
public import SagaEngine
import Synchronization

/// Carries calls to participants over HTTP/1.1, by TCP, TLS or a Unix socket (control.md, "What a participant is sent").
///
/// Each participant has a `CallClient` of its own, all on one event loop: its connections stay apart from those of others, whether a
/// request has left is known exactly, and a call is carried without a change of threads. One loop carries some ten
/// thousand calls a second.
public final class HTTPTransport: Transport {
    private struct Table {
        var participants: [String: Participant] = [:]
        /// By name.
        var clients: [String: CallClient] = [:]
        /// Of participants that were taken out of the configuration, or have moved: calls may still be in flight.
        var retired: [CallClient] = []
        var isShutDown = false
        var callbacks: Callbacks?
    }

    /// Until a connection that does not come about is given up; short, as a lost SYN is repeated after 1 s.
    static let connectTimeout = TimeAmount.seconds(3)

    private let clock: any EngineClock
    /// Milliseconds of a clock that never jumps.
    private let ticks: @Sendable () -> Int64
    private let logger: Logger
    private let loop: any EventLoop
    private let loopExecutor: EventLoopExecutor
    private let trust: Trust
    private let table = Mutex(Table())

    /// - Parameter clock: for `Saga-Deadline`, dates in `Retry-After` and what ``status()`` says; timeouts are monotonic.
    /// - Throws: when two participants have one name.
    public convenience init(
        participants: [ParticipantConfiguration], callbacks: Callbacks? = nil, clock: any EngineClock = SystemClock(),
        logger: Logger
    ) throws(ParticipantConfigurationError) {
        try self.init(
            participants: participants, callbacks: callbacks, clock: clock, ticks: MonotonicTicker().ticks,
            logger: logger)
    }

    /// - Parameter ticks: the time of breakers, which tests hold themselves.
    init(
        participants: [ParticipantConfiguration], callbacks: Callbacks? = nil, clock: any EngineClock,
        ticks: @escaping @Sendable () -> Int64,
        trust: Trust = Trust(), logger: Logger
    ) throws(ParticipantConfigurationError) {
        self.clock = clock
        self.ticks = ticks
        self.trust = trust
        self.logger = logger
        loop = MultiThreadedEventLoopGroup.singleton.next()
        loopExecutor = EventLoopExecutor(loop)
        try replace(participants: participants, callbacks: callbacks)
    }

    /// Sends one attempt and waits for its end, for `call.timeout` milliseconds at most over connection, head and body. Never
    /// throws, never retries, follows no redirect. A cancelled task ends the attempt.
    public func carry(_ call: Call) async -> Carried {
        let name = call.operation.participant
        guard let participant = table.withLock({ $0.participants[name] }) else {
            return Carried(unknownParticipant(name), .abandoned)
        }
        return await participant.carry(call)
    }

    /// What an answer says that was brought: by the same rules as one to the call (rule 7), `answers:` first.
    public func reading(_ answer: BroughtAnswer, to call: Call) async -> Outcome {
        let name = call.operation.participant
        guard let participant = table.withLock({ $0.participants[name] }) else {
            return unknownParticipant(name)
        }
        return await participant.reading(answer, to: call)
    }

    /// As configured; 64 calls in flight and no breaker for a participant that is not.
    public func lane(of participant: String) -> LaneSettings {
        table.withLock { $0.participants[participant]?.lane }
            ?? LaneSettings(concurrency: ParticipantConfiguration.concurrencyDefault)
    }

    /// The event loop of the connections.
    public var executor: (any TaskExecutor)? { loopExecutor }

    /// Takes over another configuration. Calls in flight go on as they were begun; the engine's lanes go by the new
    /// settings from their next call on.
    ///
    /// - Parameter callbacks: where answers are brought; `nil`: nowhere, and no call says so.
    /// - Throws: when two participants have one name; then nothing has changed.
    public func replace(
        participants: [ParticipantConfiguration], callbacks: Callbacks? = nil
    ) throws(ParticipantConfigurationError) {
        var names: Set<String> = []
        for configuration in participants where !names.insert(configuration.name).inserted {
            throw ParticipantConfigurationError(
                code: "duplicate", message: "participant '\(configuration.name)' is configured twice")
        }
        table.withLock { table in
            guard !table.isShutDown else { return }
            let hasMoved = table.callbacks?.url != callbacks?.url
            table.callbacks = callbacks
            if hasMoved { table.participants = [:] }
            var replaced: [String: Participant] = [:]
            for configuration in participants {
                replaced[configuration.name] = participant(configuration, in: &table)
            }
            table.participants = replaced
            let clients = replaced.mapValues(\.client)
            for (name, client) in table.clients where clients[name] !== client {
                client.retire()
                table.retired.append(client)
            }
            table.clients = clients
            table.retired.removeAll(where: \.isDone)
        }
    }

    /// The participants, by name.
    public func status() -> [ParticipantStatus] {
        let participants = table.withLock { Array($0.participants.values) }
        return participants.sorted { $0.configuration.name < $1.configuration.name }.map { participant in
            ParticipantStatus(
                name: participant.configuration.name, address: participant.configuration.address,
                hasBreaker: participant.configuration.breaker != nil, refusesCaller: participant.refusesCaller,
                operations: participant.configuration.operations.sorted { $0.key < $1.key }.map {
                    ($0.key, $0.value.summary)
                })
        }
    }

    /// Closes all connections; must be called before the transport is let go. Calls in flight end as unknown, later ones as
    /// unreached.
    public func shutdown() async {
        let clients = table.withLock { table in
            table.isShutDown = true
            let clients = Array(table.clients.values) + table.retired
            table.clients = [:]
            table.retired = []
            return clients
        }
        for client in clients { await client.shutdown() }
    }

    private func participant(_ configuration: ParticipantConfiguration, in table: inout Table) -> Participant {
        let present = table.participants[configuration.name]
        if let present, present.configuration == configuration { return present }
        let endpoint = configuration.address.endpoint
        let kept = table.clients[configuration.name].flatMap { $0.endpoint == endpoint ? $0 : nil }
        let client = kept ?? CallClient(endpoint, trust: trust, on: loop)
        return Participant(
            configuration, client: client, callbacks: table.callbacks,
            time: Participant.Time(clock: clock, ticks: ticks), logger: logger)
    }

    private func unknownParticipant(_ name: String) -> Outcome {
        let known = table.withLock { $0.participants.keys.sorted() }
        let list = known.isEmpty ? "none is configured" : "known: \(known.joined(separator: ", "))"
        return .unreached(message: "participant '\(name)' is not configured; \(list)")
    }
}
