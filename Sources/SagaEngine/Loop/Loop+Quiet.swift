import Logging
import OperatorLog
import SagaCore
import SagaStore

extension Loop {
    /// Names a signal that was answered `kept` and that no saga took: none is dropped silently (rule 20).
    func tell(of lost: LostSignal) {
        var metadata: Logger.Metadata = [
            "saga_signal": "\(lost.signal.name)", "saga_workflow": "\(lost.signal.workflow)",
            "saga_key": "\(lost.signal.key)", "reason": "\(lost.reason)",
        ]
        if let id = lost.signal.id { metadata["signal_id"] = "\(id)" }
        if let saga = lost.saga { metadata["saga_id"] = "\(saga)" }
        outlets.logger.tell(.signalDropped, metadata)
    }
}
