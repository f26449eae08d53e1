import Logging
import SagaCore
import SagaEngine
import ServiceLifecycle

/// Tells the log what becomes of sagas, away from the engine's thread: `journalctl SAGA_ID=…` is a saga's story.
struct SagaLog: Service {
    /// The `MESSAGE_ID` of `saga alarm`, for the journal's catalog: a late answer contradicts what the saga knows.
    static let alarmMessageID = "c3f1b7f0a4d84c1d8e0a6f3b92d57e18"

    private let changes: AsyncStream<[CommittedChange]>
    private let sink: AsyncStream<[CommittedChange]>.Continuation
    private let logger: Logger

    /// Commits that may wait to be told; beyond it the oldest are dropped, as the engine must not wait for a log.
    private static let backlogMax = 10_000

    init(logger: Logger) {
        self.logger = logger
        (changes, sink) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(Self.backlogMax))
    }

    var observer: @Sendable ([CommittedChange]) -> Void {
        let sink = sink
        guard logger.logLevel <= .info else {
            return { changes in
                // Warnings and errors are told at any level.
                let grave = changes.filter { $0.saga.stuck != nil || !$0.saga.alarms.isEmpty }
                if !grave.isEmpty { sink.yield(grave) }
            }
        }
        // Most commits have nothing to tell: they wake nobody.
        return { changes in
            let told = changes.filter { $0.records.contains(where: Self.isTold) }
            if !told.isEmpty { sink.yield(told) }
        }
    }

    func run() async throws {
        for await changes in changes.cancelOnGracefulShutdown() {
            for change in changes { tell(change) }
        }
    }

    private static func isTold(_ record: Record) -> Bool {
        switch record {
        case .started, .undoing, .ended, .stuck: true
        case .late(let late): late.contradiction != nil
        default: false
        }
    }

    private func tell(_ change: CommittedChange) {
        let saga = change.saga
        for record in change.records {
            switch record {
            case .started: log(.info, "saga started", saga)
            case .undoing: log(.notice, "saga compensating", saga)
            case .ended: log(.info, "saga ended", saga)
            case .stuck(let reason, _):
                let masker = Masker(for: saga, in: change.workflow)
                log(.warning, "saga stuck", saga, ["REASON": "\(masker.masked("\(reason.code): \(reason.message)"))"])
            case .late(let late):
                guard let contradiction = late.contradiction else { break }
                let masker = Masker(for: saga, in: change.workflow)
                log(
                    .error, "saga alarm", saga,
                    [
                        "MESSAGE_ID": "\(Self.alarmMessageID)", "ALARM": "\(masker.masked(contradiction))",
                        "SAGA_STEP": "\(late.of?.step ?? 0)",
                    ])
            default: break
            }
        }
    }

    private func log(_ level: Logger.Level, _ message: Logger.Message, _ saga: Saga, _ more: Logger.Metadata = [:]) {
        guard level >= logger.logLevel else { return }
        var metadata: Logger.Metadata = [
            "SAGA_ID": "\(saga.id)", "SAGA_WORKFLOW": "\(saga.workflow)", "SAGA_STATE": "\(saga.state)",
            "SAGA_STATUS": "\(saga.status.name)",
        ]
        metadata.merge(more) { _, new in new }
        logger.log(level: level, message, metadata: metadata)
    }
}
