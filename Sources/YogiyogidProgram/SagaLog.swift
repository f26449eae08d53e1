import Logging
import OperatorLog
import SagaCore
import SagaEngine
import ServiceLifecycle
import Synchronization

/// Tells the log what becomes of sagas, away from the engine's thread: `journalctl SAGA_ID=…` is a saga's story.
///
/// In turns, each of which tells all that was committed since the last: a thread that is woken for every commit takes the engine and its
/// clients as much time as what it tells.
struct SagaLog: Service {
    private let backlog: Backlog
    private let logger: Logger

    /// For how long commits gather before they are told: well below what somebody who follows a log would notice.
    private static let turn = Duration.milliseconds(20)

    /// Beyond it the oldest are dropped, as the engine must not wait for a log.
    private static let backlogMaxDefault = 10_000

    /// - Parameter backlogMax: commits that may wait to be told.
    init(logger: Logger, backlogMax: Int = backlogMaxDefault) {
        self.logger = logger
        backlog = Backlog(commitsMax: backlogMax)
    }

    var observer: @Sendable ([CommittedChange]) -> Void {
        let backlog = backlog
        let least = logger.logLevel
        // Most commits have nothing to tell: they wake nobody.
        return { changes in
            let told = changes.filter { $0.records.contains { Self.level(of: $0) >= least } }
            if !told.isEmpty { backlog.append(told) }
        }
    }

    /// Changes that the log was never told, as it did not keep up.
    var dropped: Int { backlog.dropped }

    /// Runs until the graceful shutdown, and tells what was committed before it.
    func run() async throws {
        for await _ in backlog.filled.cancelOnGracefulShutdown() {
            // Cut short when the service is cancelled; what has gathered is told in any case.
            try? await Task.sleep(for: Self.turn)
            tellAll()
        }
        tellAll()
    }

    private func tellAll() {
        for changes in backlog.take() {
            for change in changes { tell(change) }
        }
    }

    /// How grave a record is, without a look at its saga: the observer asks on the engine's thread.
    static func level(of record: Record) -> Logger.Level {
        switch record {
        case .started: OperatorMessage.sagaStarted.level
        case .undoing: OperatorMessage.sagaCompensating.level
        case .ended: OperatorMessage.sagaEnded.level
        case .stuck(let reason, _): Self.message(of: reason).level
        case .late(let late): late.contradiction == nil ? .info : OperatorMessage.sagaAlarm.level
        case .operated, .migrated, .skipped: .notice
        case .refused, .unanswered, .signalled, .cancelRequested: .info
        case .entered, .attempted, .succeeded, .timerFired: .debug
        default: .trace
        }
    }

    private static func message(of reason: Saga.StuckReason) -> OperatorMessage {
        reason.code == .poison ? .sagaPoison : .sagaStuck
    }

    /// Tells one change, a line a record.
    func tell(_ change: CommittedChange) {
        let told = change.records.filter { Self.level(of: $0) >= logger.logLevel }
        guard !told.isEmpty else { return }
        let masker = Masker(for: change.saga, in: change.workflow)
        for record in told {
            let line = Line(change, record, masker)
            switch record {
            case .started(let started): logger.tell(.sagaStarted, line.by(started.by))
            case .undoing: logger.tell(.sagaCompensating, line.fields)
            case .ended: logger.tell(.sagaEnded, line.fields)
            case .stuck(let reason, _): logger.tell(Self.message(of: reason), line.reason(reason))
            case .late(let late) where late.contradiction != nil: logger.tell(.sagaAlarm, line.fields)
            default:
                guard let text = line.text else { continue }
                logger.log(level: Self.level(of: record), "\(text)", metadata: line.fields)
            }
        }
    }
}

/// Commits that wait to be told.
private final class Backlog: Sendable {
    private struct State {
        var waiting: ArraySlice<[CommittedChange]> = []
        var dropped = 0
    }

    private let commitsMax: Int
    private let state = Mutex(State())
    /// Once for all that comes until it is taken.
    let filled: AsyncStream<Void>
    private let filling: AsyncStream<Void>.Continuation

    init(commitsMax: Int) {
        self.commitsMax = commitsMax
        (filled, filling) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    /// Changes that were dropped.
    var dropped: Int { state.withLock { $0.dropped } }

    func append(_ changes: [CommittedChange]) {
        let isFirst = state.withLock { state in
            if state.waiting.count >= commitsMax { state.dropped += state.waiting.removeFirst().count }
            state.waiting.append(changes)
            return state.waiting.count == 1
        }
        if isFirst { filling.yield() }
    }

    func take() -> ArraySlice<[CommittedChange]> {
        state.withLock { state in
            defer { state.waiting = [] }
            return state.waiting
        }
    }
}
