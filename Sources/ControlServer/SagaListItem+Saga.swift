import ControlAPI
import SagaCore
import SagaEngine

extension SagaListItem {
    /// A saga of a list as the socket shows it.
    init(_ saga: ListedSaga) {
        let summary = saga.summary
        self.init(
            id: saga.id.description, key: summary.key, workflow: summary.workflow, version: summary.version,
            state: saga.state, status: saga.status.name,
            reason: summary.trouble.map { "\($0.code): \($0.message)" }, startedAt: summary.startedAt.rfc3339,
            updatedAt: summary.updatedAt.rfc3339, due: saga.due?.rfc3339, call: summary.call?.call,
            attributes: summary.shownAttributes, leavingTo: summary.leavingTo, cancel: summary.cancel?.name,
            alarms: summary.alarms.map { alarm in
                SagaResource.Alarm(
                    number: alarm.number, at: alarm.at.rfc3339, step: alarm.step, message: alarm.message)
            },
            hint: summary.trouble.map { trouble in
                SagaResource.Hint(
                    for: trouble, of: saga.id, workflow: summary.workflow, version: summary.version, state: saga.state)
            }, serial: saga.serial.map { Int($0) })
    }
}
