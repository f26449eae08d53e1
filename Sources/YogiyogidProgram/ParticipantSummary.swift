import CEL
import Participants
import SagaCore
import SagaEngine

/// How operations are sent and answers are read, for who checks a configuration: everything that is in force besides what holds for all.
enum ParticipantSummary {
    /// A line each; none where nothing is set.
    static func lines(_ participants: [ParticipantConfiguration], _ workflows: [LoadedWorkflow]) -> [String] {
        var lines: [String] = []
        for participant in participants.sorted(by: { $0.name < $1.name }) {
            let who = "participant '\(participant.name)'"
            if participant.keyHeader != ParticipantConfiguration.keyHeaderDefault {
                lines.append("\(who): keys are sent as \(participant.keyHeader)")
            }
            for (operation, mapping) in participant.operations.sorted(by: { $0.key < $1.key }) {
                lines.append("\(who): '\(operation)' is \(mapping.summary)")
            }
            if let keys = participant.keys {
                lines.append("\(who): keys are remembered for \(DurationText.text(keys))")
            }
            if !participant.refusals.isEmpty {
                lines.append("\(who): refusals are \(participant.refusals.sorted().joined(separator: ", "))")
            }
            for (index, entry) in participant.answers.enumerated() {
                let narrowed = entry.operation.map { " of '\($0)'" } ?? ""
                lines.append("\(who): answer \(index + 1)\(narrowed): \(words(entry.rule))")
            }
        }
        for workflow in workflows.map(\.workflow) {
            for state in workflow.states {
                guard let step = state.step else { continue }
                let who = "workflow '\(workflow.name)' \(workflow.version), state '\(state.name)'"
                lines += numbered(step.answers, "\(who), \(step.call)")
                if case .call(let undo) = step.compensation { lines += numbered(undo.answers, "\(who), \(undo.call)") }
            }
        }
        return lines
    }

    private static func numbered(_ rules: [AnswerRule], _ who: String) -> [String] {
        rules.enumerated().map { index, rule in "\(who): answer \(index + 1): \(words(rule))" }
    }

    /// `when status == 404 means refused, with code gone (7:15)`.
    private static func words(_ rule: AnswerRule) -> String {
        var words = "when \(rule.when.expression.source) means \(rule.means.rawValue)"
        if let code = rule.code { words += ", with code \(text(of: code))" }
        if let result = rule.result { words += ", with result \(text(of: result))" }
        return words + " (\(rule.when.place))"
    }

    /// As the file has it, or near to it.
    private static func text(of template: Template) -> String {
        switch template {
        case .literal(let value): return Template.text(of: value)
        case .formula(let formula): return "${ \(formula.expression.source) }"
        case .text(let pieces):
            return pieces.map { piece in
                switch piece {
                case .literal(let text): text
                case .formula(let formula): "${ \(formula.expression.source) }"
                }
            }.joined()
        case .list(let items): return "[\(items.map(text).joined(separator: ", "))]"
        case .map(let members):
            return "{ \(members.map { "\($0.name): \(text(of: $0.value))" }.joined(separator: ", ")) }"
        }
    }
}
