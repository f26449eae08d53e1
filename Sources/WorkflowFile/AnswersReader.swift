package import CEL
package import SagaCore

/// Reads the `answers:` and templates of files that are no workflows, as strictly as those of a workflow.
package struct AnswersReader {
    private var reader: WorkflowReader
    /// What is known of the variables of expressions, from which on.
    private var known: [(from: Int, variables: Variables)] = []

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

    /// The variables of a template: what they are, and the fields of those whose fields are known.
    package struct Variables: Sendable {
        /// By name; one of which nothing is known is of any type.
        package var types: [String: ValueType]
        /// Of the variables that have no other fields.
        package var fields: [String: [String]]

        /// Variables with the fields of some of them.
        package init(_ types: [String: ValueType], fields: [String: [String]]) {
            self.types = types
            self.fields = fields
        }
    }

    /// A value with expressions in it; what is wrong with it is in ``faults()``.
    /// - Parameter place: the key that holds it, for messages: `'query'`.
    package mutating func template(_ node: YAMLNode, in place: String, _ variables: Variables) -> Template {
        known.append((reader.uses.count, variables))
        let template = reader.template(node, Site(variables.types.keys.sorted(), place, fields: variables.fields))
        known.append((reader.uses.count, Variables([:], fields: [:])))
        return template
    }

    /// What is wrong with all that was read, the expressions included.
    package mutating func faults() -> [StrictYAML.Fault] {
        reader.checkExpressions(schema: nil)
        for (at, entry) in known.enumerated() where !entry.variables.types.isEmpty {
            for use in reader.uses[entry.from..<known[at + 1].from] {
                reader.checkType(of: use, in: entry.variables.types)
            }
        }
        return reader.diagnostics.map { StrictYAML.Fault(place: $0.place, text: $0.text) }
    }
}
