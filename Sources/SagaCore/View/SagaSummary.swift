public import CEL

/// What a list shows of a saga: all that is asked of many sagas at once, without their input, variables and history. Written in the commit
/// that changes the saga (decision 0024); state and status stand beside it, in the saga's row.
public struct SagaSummary: Sendable, Hashable {
    /// The business key, secrets masked.
    public var key: String
    /// The name of its workflow.
    public var workflow: String
    /// The version that it is pinned to.
    public var version: String
    /// When its start was decided.
    public var startedAt: Instant
    /// When its newest record was decided.
    public var updatedAt: Instant
    /// The oldest call that is in flight, else that which is tried again first.
    public var call: Step?
    /// Where it goes once what is in flight is settled.
    public var leavingTo: String?
    /// What became of its cancel.
    public var cancel: CancelVerdict?
    /// Why it is stuck, and what helps is said of.
    public var trouble: Trouble?
    /// The alarms, messages masked.
    public var alarms: [Saga.Alarm]
    /// What it is found by, as it reads back from JSON; those whose expression fails are absent.
    public var attributes: MapValue
    /// The same with secrets masked; `nil` while there are none in it.
    public var maskedAttributes: MapValue?

    /// A step that a list names.
    public struct Step: Sendable, Hashable {
        /// ``StepRun/number``.
        public var number: Int
        /// `participant.operation`, forward.
        public var call: String
        /// What undoes it, once that is armed.
        public var undo: String?
    }

    /// Why a saga is stuck, with the steps that an operator may have to name.
    public struct Trouble: Sendable, Hashable {
        /// What kind of thing it is.
        public var code: Saga.StuckCode
        /// A sentence for the operator, secrets masked.
        public var message: String
        /// The step of its state.
        public var step: Step?
        /// The step whose compensation is at hand.
        public var undone: Step?
    }

    /// The attributes as they are shown.
    public var shownAttributes: MapValue { maskedAttributes ?? attributes }
}

extension SagaSummary {
    /// What lists show of a saga now.
    /// - Parameter former: what they showed of it before, by the same version: attributes that cannot change are not evaluated again.
    public init(of saga: Saga, in workflow: Workflow, masker: Masker, former: SagaSummary? = nil) {
        key = masker.masked(saga.key)
        self.workflow = saga.workflow
        version = saga.version
        startedAt = saga.startedAt
        updatedAt = saga.updatedAt
        call = (saga.openCalls.attempts.first?.step ?? saga.openCalls.nextRetry?.step).flatMap(saga.step).map(Step.init)
        leavingTo = saga.exit?.to ?? saga.undoingFor
        cancel = saga.cancel?.verdict
        trouble = Trouble(of: saga, masker)
        alarms = saga.alarms.map { alarm in
            var alarm = alarm
            alarm.message = masker.masked(alarm.message)
            return alarm
        }
        if let former, !workflow.tagsMayChange {
            (attributes, maskedAttributes) = (former.attributes, former.maskedAttributes)
            return
        }
        let attributes = saga.attributes(in: workflow)
        self.attributes = attributes
        guard case .map(let masked) = masker.masked(.map(attributes)), masked != attributes else { return }
        maskedAttributes = masked
    }
}

extension SagaSummary.Step {
    init(_ run: StepRun) {
        number = run.number
        call = "\(run.call)"
        undo = run.undo.map { "\($0.call)" }
    }
}

extension SagaSummary.Trouble {
    /// `nil` for a saga that is not stuck.
    public init?(of saga: Saga, _ masker: Masker) {
        guard let stuck = saga.stuck else { return nil }
        code = stuck.code
        message = masker.masked(stuck.message)
        step = saga.currentStep.map(SagaSummary.Step.init)
        undone = saga.steps.last { $0.undo != nil && ($0.isArmed || $0.effect == .none) }.map(SagaSummary.Step.init)
    }
}
