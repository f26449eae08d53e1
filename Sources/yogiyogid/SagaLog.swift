import Logging
import OperatorLog
import SagaCore
import SagaEngine
import ServiceLifecycle
import Synchronization

/// Tells the log what becomes of sagas, away from the engine's thread: `journalctl SAGA_ID=…` is a saga's story.
struct SagaLog: Service {
    private let changes: AsyncStream<[CommittedChange]>
    private let sink: AsyncStream<[CommittedChange]>.Continuation
    private let logger: Logger
    private let lost = Count()

    /// Commits that may wait to be told; beyond it the oldest are dropped, as the engine must not wait for a log.
    private static let backlogMax = 10_000

    init(logger: Logger) {
        self.logger = logger
        (changes, sink) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(Self.backlogMax))
    }

    var observer: @Sendable ([CommittedChange]) -> Void {
        let (sink, lost) = (sink, lost)
        let least = logger.logLevel
        // Most commits have nothing to tell: they wake nobody.
        return { changes in
            let told = changes.filter { $0.records.contains { Self.level(of: $0) >= least } }
            guard !told.isEmpty, case .dropped(let gone) = sink.yield(told) else { return }
            lost.add(gone.count)
        }
    }

    /// Changes that the log was never told, as it did not keep up.
    var dropped: Int { lost.value }

    /// Runs until the graceful shutdown, and tells what was committed before it.
    func run() async throws {
        await withGracefulShutdownHandler {
            for await changes in changes {
                for change in changes { tell(change) }
            }
        } onGracefulShutdown: {
            sink.finish()
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
        reason.code == "poison" ? .sagaPoison : .sagaStuck
    }

    /// Tells one change, a line a record.
    func tell(_ change: CommittedChange) {
        for record in change.records where Self.level(of: record) >= logger.logLevel {
            let line = Line(change, record)
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

/// Counts from any thread.
private final class Count: Sendable {
    private let count = Atomic(0)

    var value: Int { count.load(ordering: .relaxed) }

    func add(_ more: Int) { count.add(more, ordering: .relaxed) }
}
