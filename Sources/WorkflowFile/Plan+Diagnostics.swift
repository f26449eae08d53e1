public import Rehearsal
public import SagaCore

extension Plan {
    /// What every way through a workflow shows, within the budget of a load, as diagnostics of its file.
    /// - Parameter path: of the file, as its other diagnostics name it.
    public static func diagnostics(of workflow: Workflow, path: String) -> [Diagnostic] {
        Plan(of: workflow, decisionsMax: decisionsMaxAtLoad).notices.map { notice in
            Diagnostic(
                path: path, place: notice.place, severity: notice.subject.isFatal ? .error : .warning,
                code: Diagnostic.Code(rawValue: notice.subject.rawValue) ?? .effectOutstanding, text: notice.text)
        }
    }
}
