import ControlAPI
import SagaCore

extension SagaResource.Hint {
    /// What a stuck saga waits for and what helps, by the code of its ``Saga/StuckReason``; `nil` when it is not stuck.
    init?(for saga: Saga) {
        guard let stuck = saga.stuck else { return nil }
        let retry = Self.command("retry", saga)
        let migrate =
            "yogictl migrate --workflow \(saga.workflow) --from \(saga.version) --to … --reason …"
        switch stuck.code {
        case .unknown:
            let step = saga.currentStep
            self.init(
                waitsFor: "evidence whether \(Self.named(step)) took effect",
                commands: [
                    Self.command("settle", saga, step, " --as succeeded|refused"), Self.command("retry", saga, step),
                ])
        case .unrecognised:
            let step = saga.stepBeingUndone ?? saga.currentStep
            let evidence = saga.stepBeingUndone == nil ? " --as succeeded|refused" : " --as succeeded"
            self.init(
                waitsFor: "evidence whether \(Self.named(step)) took effect: its participant's answers prove nothing",
                commands: [
                    Self.command("settle", saga, step, evidence), retry,
                    "name the codes that are its own no in 'refused:' of the workflow, or in 'refusals:' of the participant",
                ])
        case .compensationRefused, .compensationExhausted, .compensationUnknown:
            let step = saga.stepBeingUndone
            let undo = step?.undo.map { "\($0.call)" } ?? "the compensation"
            self.init(
                waitsFor: "\(undo) to become possible, or \(Self.named(step)) to be undone by hand",
                commands: [
                    retry, Self.command("settle", saga, step, " --as succeeded"), Self.command("skip", saga, step),
                ])
        case .noRoute:
            let step = saga.currentStep
            self.init(
                waitsFor: "the cause of the refusal to go away: a retry enters '\(saga.state)' again with a new key",
                commands: [retry, Self.command("skip", saga, step), migrate])
        case .noTimer:
            self.init(
                waitsFor: "a version of the workflow that says what follows; move the saga to it, then retry",
                commands: [migrate, retry])
        case .expression, .noState, .loop:
            self.init(
                waitsFor: "a version of the workflow that can go on here; move the saga to it, then retry",
                commands: [migrate, retry])
        case .unreadable:
            self.init(waitsFor: "its rows to be readable again: restore a backup of the store", commands: [])
        case .historyLimit:
            self.init(
                waitsFor: "its end: its history has no room to go forward; what it did can still be undone or settled",
                commands: ["yogictl cancel \(saga.id) --reason …", Self.command("terminate", saga)])
        default:
            self.init(
                waitsFor: "an operator who has removed the cause", commands: [retry, Self.command("terminate", saga)])
        }
    }

    private static func named(_ step: StepRun?) -> String {
        step.map { "\($0.call) (step \($0.number))" } ?? "the step at hand"
    }

    private static func command(_ act: String, _ saga: Saga, _ step: StepRun?, _ more: String = "") -> String {
        command(act, saga, " --step \(step.map { "\($0.number)" } ?? "…")" + more)
    }

    private static func command(_ act: String, _ saga: Saga, _ more: String = "") -> String {
        "yogictl \(act) \(saga.id)\(more) --reason …"
    }
}

extension Saga {
    /// The step whose compensation is at hand.
    fileprivate var stepBeingUndone: StepRun? {
        steps.last { $0.undo != nil && ($0.isArmed || $0.effect == .none) }
    }
}
