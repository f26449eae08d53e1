import ControlAPI
import SagaCore

extension SagaResource.Hint {
    /// What a stuck saga waits for and what helps, by the code of its trouble.
    init(for trouble: SagaSummary.Trouble, of id: SagaID, workflow: String, version: String, state: String) {
        let words = Words(id: id)
        let retry = words.command("retry")
        let migrate = "yogictl migrate --workflow \(workflow) --from \(version) --to … --reason …"
        let (step, undone) = (trouble.step, trouble.undone)
        switch trouble.code {
        case .unknown:
            self.init(
                waitsFor: "evidence whether \(words.named(step)) took effect",
                commands: [words.command("settle", step, " --as succeeded|refused"), words.command("retry", step)])
        case .unrecognised:
            let evidence = undone == nil ? " --as succeeded|refused" : " --as succeeded"
            self.init(
                waitsFor:
                    "evidence whether \(words.named(undone ?? step)) took effect: its participant's answers prove nothing",
                commands: [
                    words.command("settle", undone ?? step, evidence), retry,
                    "name the codes that are its own no in 'refused:' of the workflow, or in 'refusals:' of the participant",
                ])
        case .compensationRefused, .compensationExhausted, .compensationUnknown:
            let undo = undone?.undo ?? "the compensation"
            self.init(
                waitsFor: "\(undo) to become possible, or \(words.named(undone)) to be undone by hand",
                commands: [
                    retry, words.command("settle", undone, " --as succeeded"), words.command("skip", undone),
                ])
        case .noRoute:
            self.init(
                waitsFor: "the cause of the refusal to go away: a retry enters '\(state)' again with a new key",
                commands: [retry, words.command("skip", step), migrate])
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
                commands: ["yogictl cancel \(id) --reason …", words.command("terminate")])
        default:
            self.init(waitsFor: "an operator who has removed the cause", commands: [retry, words.command("terminate")])
        }
    }

    private struct Words {
        var id: SagaID

        func named(_ step: SagaSummary.Step?) -> String {
            step.map { "\($0.call) (step \($0.number))" } ?? "the step at hand"
        }

        func command(_ act: String, _ step: SagaSummary.Step?, _ more: String = "") -> String {
            command(act, " --step \(step.map { "\($0.number)" } ?? "…")" + more)
        }

        func command(_ act: String, _ more: String = "") -> String { "yogictl \(act) \(id)\(more) --reason …" }
    }
}
