package import SagaCore

/// Reads the `answers:` of files that are no workflows, as strictly as those of a workflow.
package struct AnswersReader {
    private var reader: WorkflowReader

    /// - Parameter text: of the whole file, whose nodes are read.
    package init(_ text: String) {
        reader = WorkflowReader(path: "", source: SourceText(text))
    }

    /// A rule, and the operation that it is narrowed to.
    package struct Entry: Sendable, Hashable {
        /// `nil`: all.
        package var operation: String?
        /// Its places are those of the file.
        package var rule: AnswerRule
    }

    /// The rules of a list; what is wrong with it is in ``faults()``.
    package mutating func entries(_ node: YAMLNode) -> [Entry] {
        reader.answerEntries(node, keys: Keys.participantAnswer).map { Entry(operation: $0.operation, rule: $0.rule) }
    }

    /// What is wrong with all lists that were read, their expressions included.
    package mutating func faults() -> [StrictYAML.Fault] {
        reader.checkExpressions(schema: nil)
        return reader.diagnostics.map { StrictYAML.Fault(place: $0.place, text: $0.text) }
    }
}
