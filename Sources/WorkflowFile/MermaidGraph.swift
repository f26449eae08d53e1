import CEL
public import SagaCore

/// A workflow as a state diagram in Mermaid's language (stateDiagram-v2); the same workflow gives the same text.
public struct MermaidGraph {
    private var lines: [String] = []
    private let ids: [String: String]

    /// The diagram, with a line break at its end.
    public static func text(of workflow: Workflow) -> String {
        var graph = MermaidGraph(workflow)
        graph.draw(workflow)
        return graph.lines.joined(separator: "\n") + "\n"
    }

    /// Names may hold what ids may not (`-`), and ids must not be words of the language (`end`, `state`), whose lexer ignores case:
    /// number them where needed.
    private init(_ workflow: Workflow) {
        let words: Set<String> = [
            "state", "note", "end", "as", "of", "left", "right", "direction", "class", "classdef", "style", "click",
            "default", "scale", "hide", "acctitle", "accdescr", "href",
        ]
        var ids: [String: String] = [:]
        for (index, state) in workflow.states.enumerated() {
            let isPlain =
                state.name.utf8.allSatisfy { $0 != UInt8(ascii: "-") } && !words.contains(state.name.lowercased())
            ids[state.name] = isPlain ? state.name : "s\(index + 1)"
        }
        self.ids = ids
    }

    private mutating func draw(_ workflow: Workflow) {
        lines.append("stateDiagram-v2")
        lines.append("    %% \(workflow.name) \(escaped(workflow.version))")
        for state in workflow.states { declare(state, in: workflow) }
        lines.append("    [*] --> \(id(workflow.initial))")
        for state in workflow.states { ways(of: state) }
    }

    private mutating func declare(_ state: State, in workflow: Workflow) {
        var label = [state.name]
        if let step = state.step { label.append("\(step.call)") }
        if label.count > 1 || id(state.name) != state.name {
            lines.append("    state \"\(label.joined(separator: "<br/>"))\" as \(id(state.name))")
        } else {
            lines.append("    \(id(state.name))")
        }
        // One note with all: a second one of the same state would replace the first.
        var notes: [String] = []
        switch state.step?.compensation {
        case .call(let undo)?: notes.append("undone by \(undo.call)")
        case .none(let because)?: notes.append("not undone: \(because)")
        case nil: break
        }
        if let deadline = workflow.deadline, state.name == workflow.initial {
            notes.append("deadline of all \(text(of: deadline.after)): \(deadline.to)")
        }
        guard !notes.isEmpty else { return }
        lines.append("    note left of \(id(state.name))")
        for note in notes {
            lines.append("        " + escaped(note).replacing(/end note/.ignoresCase(), with: "end#32;note"))
        }
        lines.append("    end note")
    }

    private mutating func ways(of state: State) {
        for route in state.then {
            arrow(state, route.to, state.step == nil ? nil : "succeeded", route.when)
        }
        for refused in state.refused {
            arrow(state, refused.route.to, refused.code.map { "refused \($0)" } ?? "refused", refused.route.when)
        }
        for signal in state.signals {
            guard case .routes(let routes) = signal.action else { continue }
            for route in routes {
                arrow(state, route.to, "signal \(signal.name)\(route.to == nil ? ", stays" : "")", route.when)
            }
        }
        for timer in state.after { arrow(state, timer.route.to, "after \(text(of: timer.due))", timer.route.when) }
        if let end = state.end { lines.append("    \(id(state.name)) --> [*] : \(end.rawValue)") }
    }

    private mutating func arrow(_ state: State, _ to: String?, _ cause: String?, _ when: Formula?) {
        let condition = when.map { "[\(escaped($0.expression.source))]" }
        let label = [cause.map(escaped), condition].compactMap { $0 }.joined(separator: " ")
        lines.append("    \(id(state.name)) --> \(id(to ?? state.name))" + (label.isEmpty ? "" : " : \(label)"))
    }

    private func text(of due: TimerRule.Due) -> String {
        switch due {
        case .after(let milliseconds): DurationText.text(milliseconds)
        case .at(let formula): formula.expression.source
        }
    }

    private func id(_ name: String) -> String { ids[name] ?? name }

    /// Text in a label: what Mermaid would read as its own syntax becomes an entity.
    private func escaped(_ text: String) -> String {
        var result = ""
        for character in text {
            switch character {
            case ":": result += "#58;"
            case ";": result += "#59;"
            case "#": result += "#35;"
            case "%": result += "#37;"
            case "\"": result += "#34;"
            case "<": result += "#60;"
            case ">": result += "#62;"
            default: result += character.isNewline ? " " : String(character)
            }
        }
        return result
    }
}
