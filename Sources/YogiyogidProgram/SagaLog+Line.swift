import Logging
import SagaCore
import SagaEngine

extension SagaLog {
    /// The fields of one record of a saga, named as control.md has them ("The journal"), with no secret in them.
    struct Line {
        private(set) var fields: Logger.Metadata
        /// What is said of records that are no operator messages; `nil` for those of which nothing is.
        private(set) var text: String?
        private let masker: Masker

        /// - Parameter masker: of the change's saga.
        init(_ change: CommittedChange, _ record: Record, _ masker: Masker) {
            let saga = change.saga
            self.masker = masker
            fields = [
                "SAGA_ID": "\(saga.id)", "SAGA_WORKFLOW": "\(saga.workflow)", "SAGA_STATE": "\(saga.state)",
                "SAGA_STATUS": "\(saga.status.name)",
            ]
            if saga.key != saga.id.description { fields["SAGA_KEY"] = "\(masker.masked(saga.key))" }
            describeCall(record, of: saga)
            if text == nil { describeInput(record) }
        }

        func by(_ actor: Actor?) -> Logger.Metadata {
            var fields = fields
            if let actor { fields["ACTOR_UID"] = "\(actor.uid)" }
            return fields
        }

        func reason(_ reason: Saga.StuckReason) -> Logger.Metadata {
            var fields = fields
            fields["REASON"] = "\(masker.masked("\(reason.code.rawValue): \(reason.message)"))"
            return fields
        }

        private mutating func describeCall(_ record: Record, of saga: Saga) {
            switch record {
            case .attempted(let step, let direction, let number, _):
                text = "call sent"
                describe(step, direction, of: saga)
                fields["SAGA_ATTEMPT"] = "\(number)"
            case .succeeded(let step, let direction, _):
                text = "call succeeded"
                describe(step, direction, of: saga, outcome: "succeeded")
            case .refused(let step, let direction, let code, let message):
                text = "call refused"
                describe(step, direction, of: saga, outcome: "refused")
                fields["REASON"] = "\(masker.masked("\(code): \(message)"))"
            case .unanswered(let tries):
                text = tries.kind == .pending ? "call accepted, its answer comes later" : "call unanswered"
                describe(tries.step, tries.direction, of: saga, outcome: tries.kind.name)
                fields["REASON"] = "\(masker.masked(tries.message))"
                if tries.count > 1 { fields["COUNT"] = "\(tries.count)" }
            case .late(let late):
                text = "late answer"
                if let of = late.of { describe(of.step, of.direction, of: saga, outcome: late.outcome) }
                if let alarm = late.contradiction { fields["ALARM"] = "\(masker.masked(alarm))" }
            case .skipped(let step, let direction):
                text = "step skipped"
                describe(step, direction, of: saga)
            default: break
            }
        }

        private mutating func describeInput(_ record: Record) {
            switch record {
            case .entered: text = "state entered"
            case .timerFired(let name, let late):
                text = "timer fired"
                fields["TIMER"] = "\(name)"
                fields["LATE"] = "\(late) ms"
            case .signalled(let signal):
                text = "signal"
                fields["SAGA_SIGNAL"] = "\(masker.masked(signal.name))"
                fields["ANSWER"] = "\(signal.verdict.name)"
                fields["REASON"] = signal.verdict.refusal.map { "\(masker.masked($0))" }
                fields = by(signal.by)
            case .signalRefused(_, let verdict):
                text = "deferred signal refused"
                fields["REASON"] = verdict.refusal.map { "\(masker.masked($0))" }
            case .cancelRequested(let cancel):
                text = "cancel requested"
                fields["ANSWER"] = "\(cancel.verdict.name)"
                fields["REASON"] = cancel.reason.map { "\(masker.masked($0))" }
                fields = by(cancel.by)
            case .operated(let act):
                text = "operator's act"
                fields["ACT"] = "\(act.kind.name)"
                fields["REASON"] = "\(masker.masked(act.reason))"
                fields = by(act.by)
            case .migrated(let version, _, let reason, let actor):
                text = "saga migrated"
                fields["SAGA_VERSION"] = "\(version)"
                fields["REASON"] = "\(masker.masked(reason))"
                fields = by(actor)
            default: break
            }
        }

        /// The step as participants are told it (`Saga-Step`): by its state.
        private mutating func describe(_ number: Int, _ direction: Direction, of saga: Saga, outcome: String? = nil) {
            let step = saga.steps.first { $0.number == number }
            fields["SAGA_STEP"] = "\(step?.state ?? "\(number)")"
            fields["SAGA_DIRECTION"] = "\(direction.name)"
            fields["SAGA_OUTCOME"] = outcome.map { "\($0)" }
            guard let step else { return }
            let call = direction == .forward ? step.call : step.undo?.call ?? step.call
            fields["SAGA_CALL"] = "\(call)"
            fields["SAGA_ATTEMPT"] = "\(direction == .forward ? step.attempts : step.undo?.leg.attempts ?? 0)"
        }
    }
}
