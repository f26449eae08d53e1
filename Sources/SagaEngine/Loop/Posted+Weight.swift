import CEL
import SagaCore
import SagaStore

/// What an order weighs in the inbox, whose it is, and whether it may use what is kept for sagas that run.
extension Posted {
    /// About how many bytes it takes while it waits.
    var weight: Int {
        switch ask {
        case .start(let command): Self.base + command.input.weight
        case .tell(_, .signalled(let signal)): Self.base + signal.data.weight
        case .tell(_, .attemptEnded(let ended)): Self.base + ended.outcome.weight
        case .tell(_, .calledBack(let sent)): Self.base + sent.outcome.weight
        case .early(let early): Self.base + early.signal.data.weight
        case .accept(_, let sagas): Self.base + sagas.count * 16
        case .tell, .operate, .migrate, .recover, .work, .look, .rehearse: Self.base
        }
    }

    private static let base = 512

    /// Whose share it takes; `nil` for what nobody at a socket has sent.
    var caller: UInt32? {
        switch ask {
        case .start(let command): command.by?.uid
        case .tell(_, .signalled(let signal)): signal.by?.uid
        case .tell(_, .cancelled(let cancel)): cancel.by?.uid
        case .tell(_, .calledBack(let sent)): sent.by?.uid
        case .early(let early): early.signal.by?.uid
        case .operate(_, let command), .rehearse(_, let command): command.by?.uid
        case .migrate(_, _, let sent): sent.by?.uid
        case .accept(let job, _): job.by?.uid
        case .look: looker
        case .tell, .recover, .work: nil
        }
    }

    /// Whether it may have the place that new work may not: signals, cancels and operators' acts pass where a start is told to come again.
    var isForRunning: Bool {
        switch ask {
        case .tell, .early, .operate, .migrate, .accept, .recover, .work: true
        case .start, .look, .rehearse: false
        }
    }
}

extension Outcome {
    fileprivate var weight: Int {
        if case .succeeded(let result) = self { result?.footprint ?? 0 } else { 256 }
    }
}
