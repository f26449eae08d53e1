import CEL
public import SagaCore

extension Diagram {
    /// All states and transitions of a workflow, with a saga's way through it where `overlay` has one.
    public init(_ workflow: Workflow, overlay: DiagramOverlay? = nil, words: DiagramWords = DiagramWords()) {
        var order = workflow.states
        if let first = order.firstIndex(where: { $0.name == workflow.initial }) {
            order.insert(order.remove(at: first), at: 0)
        }
        let places = Dictionary(order.enumerated().map { ($1.name, $0) }, uniquingKeysWith: { first, _ in first })
        boxes = order.map { Box($0, overlay, words) }
        arrows = []
        for (from, state) in order.enumerated() {
            var own: [Int: Int] = [:]
            for (target, text) in state.transitions(words) {
                guard let to = places[target] else { continue }
                let label = text.isEmpty ? [] : [Label(text)]
                if let known = own[to] {
                    arrows[known].labels += label
                } else {
                    own[to] = arrows.count
                    let passage = DiagramOverlay.Passage(from: state.name, to: target)
                    let isTaken = overlay?.taken.contains(passage) ?? false
                    arrows.append(Arrow(from: from, to: to, labels: label, isTaken: isTaken))
                }
            }
        }
        notes = []
        if let target = workflow.cancelTarget { notes.append("\(words.cancelLeads) \(target).") }
        if let deadline = workflow.deadline {
            notes.append("\(words.deadlineLeads) \(State.text(of: deadline.after)) → \(deadline.to).")
        }
        title = "\(words.workflow) \(workflow.name) \(workflow.version)"
        summary = Self.summary(workflow, overlay, words)
    }

    private static func summary(_ workflow: Workflow, _ overlay: DiagramOverlay?, _ words: DiagramWords) -> String {
        var parts = ["\(words.begins) \(workflow.initial)"]
        guard let overlay else {
            parts.append(workflow.states.map(\.name).joined(separator: ", "))
            return parts.joined(separator: "; ")
        }
        let been = workflow.states.map(\.name).filter { overlay.visited.contains($0) && $0 != overlay.current }
        if !been.isEmpty { parts.append("\(words.been) \(been.joined(separator: ", "))") }
        if let current = overlay.current { parts.append("\(words.here) \(current)") }
        for state in workflow.states {
            guard let step = state.step, let last = overlay.effects[state.name]?.last else { continue }
            parts.append("\(step.call): \(words.marks[last.mark] ?? last.mark.rawValue)")
        }
        return parts.joined(separator: "; ")
    }
}

extension Diagram.Box {
    fileprivate init(_ state: State, _ overlay: DiagramOverlay?, _ words: DiagramWords) {
        name = state.name
        kind =
            switch state.end {
            case .succeeded?: .succeeded
            case .cancelled?: .cancelled
            case nil: state.step?.pivot == true ? .pivot : .plain
            }
        standing = overlay.map { overlay in
            overlay.current == state.name ? .here : overlay.visited.contains(state.name) ? .been : .never
        }
        lines = []
        if let step = state.step {
            lines.append(Diagram.Line(text: "\(step.call)", role: .call))
            if step.pivot { lines.append(Diagram.Line(text: words.pivot, role: .note)) }
            switch step.compensation {
            case .call(let undo): lines.append(Diagram.Line(text: "\(words.undo) \(undo.call)", role: .note))
            case .none where !step.pivot: lines.append(Diagram.Line(text: words.noUndo, role: .note))
            case .none: break
            }
        }
        switch state.end {
        case .succeeded?: lines.append(Diagram.Line(text: words.endSucceeded, role: .note))
        case .cancelled?: lines.append(Diagram.Line(text: words.endCancelled, role: .note))
        case nil: break
        }
        for effect in (overlay?.effects[state.name] ?? []).suffix(DiagramOverlay.effectsMax) {
            let word = words.marks[effect.mark] ?? effect.mark.rawValue
            let text = "\(effect.mark.symbol) \(word)" + (effect.note.isEmpty ? "" : " · \(effect.note)")
            lines.append(Diagram.Line(text: Diagram.Label(text).text, role: .effect(effect.mark)))
        }
    }
}

extension State {
    /// Each way out with what leads along it, in the order in which they are tried.
    fileprivate func transitions(_ words: DiagramWords) -> [(to: String, text: String)] {
        var all: [(to: String, text: String)] = []
        func add(_ route: Route, _ cause: String?) {
            let condition = route.when.map { "[\($0.expression.source)]" }
            all.append((route.to ?? name, [cause, condition].compactMap { $0 }.joined(separator: " ")))
        }
        for route in then { add(route, step == nil ? nil : words.succeeded) }
        for rule in refused { add(rule.route, rule.code.map { "\(words.refused) \($0)" } ?? words.refused) }
        for signal in signals {
            guard case .routes(let routes) = signal.action else { continue }
            for route in routes {
                add(route, "\(words.signal) \(signal.name)\(route.to == nil ? ", \(words.stays)" : "")")
            }
        }
        for timer in after { add(timer.route, "\(words.after) \(Self.text(of: timer.due))") }
        return all
    }

    fileprivate static func text(of due: TimerRule.Due) -> String {
        switch due {
        case .after(let milliseconds): DurationText.text(milliseconds)
        case .at(let formula): formula.expression.source
        }
    }
}
