import Rehearsal
import SagaCore
import WorkflowFile

extension Plan {
    /// What every way through a workflow shows, within the budget of a load, as diagnostics of its file.
    static func diagnostics(of workflow: Workflow, path: String) -> [Diagnostic] {
        Plan(of: workflow, decisionsMax: decisionsMaxAtLoad).notices.map { notice in
            let (severity, code): (Diagnostic.Severity, Diagnostic.Code) =
                switch notice.subject {
                case .effects: (.error, .effectOutstanding)
                case .trap: (.warning, .trap)
                case .incomplete: (.warning, .planIncomplete)
                }
            return Diagnostic(path: path, place: notice.place, severity: severity, code: code, text: notice.text)
        }
    }
}
