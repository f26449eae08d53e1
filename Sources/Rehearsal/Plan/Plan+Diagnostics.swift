public import SagaCore
public import WorkflowFile

extension Plan {
    /// What every way through a workflow shows, within the budget of a load, as diagnostics of its file.
    /// - Parameter path: of the file, as its other diagnostics name it.
    public static func diagnostics(of workflow: Workflow, path: String) -> [Diagnostic] {
        Plan(of: workflow, decisionsMax: decisionsMaxAtLoad).notices.map { notice in
            let subject = notice.subject
            return Diagnostic(
                path: path, place: notice.place, severity: subject.isFatal ? .error : subject.isNote ? .note : .warning,
                code: Diagnostic.Code(rawValue: notice.subject.rawValue) ?? .effectOutstanding, text: notice.text)
        }
    }
}
