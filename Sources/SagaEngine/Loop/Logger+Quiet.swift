import Logging
import OperatorLog
import SagaCore
import SagaStore

extension Logger {
    /// Names rows that hold values of other types: another program, or damage, put them there, and they hinder no other.
    func tell(unreadable rows: [Int64], of table: String, _ consequence: String) {
        guard !rows.isEmpty else { return }
        let some = rows.prefix(10).map(String.init).joined(separator: ", ") + (rows.count > 10 ? ", …" : "")
        warning(
            "rows of the store do not read and are ignored",
            metadata: [
                "table": "\(table)", "rows": "\(some)", "count": "\(rows.count)", "consequence": "\(consequence)",
            ])
    }

    /// Names a signal that was answered `kept` and that no saga took: none is dropped silently (rule 20).
    func tell(of lost: LostSignal) {
        var metadata: Logger.Metadata = [
            "saga_signal": "\(lost.signal.name)", "saga_workflow": "\(lost.signal.workflow)",
            "saga_key": "\(lost.signal.key)", "reason": "\(lost.reason)",
        ]
        if let id = lost.signal.id { metadata["signal_id"] = "\(id)" }
        if let saga = lost.saga { metadata["saga_id"] = "\(saga)" }
        tell(.signalDropped, metadata)
    }
}
