import CEL
public import ControlAPI
public import SagaCore
public import WorkflowFile

extension DiagramOverlay {
    /// The way of a saga by its resource and its history, which may be the newest part of it: what is missing there, its steps tell.
    public init(saga: SagaResource, history: [HistoryResource], workflow: Workflow? = nil) {
        var visited: [String] = []
        var taken: Set<Passage> = []
        for entry in history {
            let next: String?
            switch entry.type {
            case "entered", "ended": next = entry.fields["state"]?.word
            case "undoing": next = entry.fields["for"]?.word
            default: continue
            }
            guard let next, next != visited.last else { continue }
            if let last = visited.last { taken.insert(Passage(from: last, to: next)) }
            visited.append(next)
        }
        var effects: [String: [Effect]] = [:]
        for step in saga.steps {
            effects[step.state, default: []].append(
                Effect(of: step, in: saga, isUndone: Self.isUndone(step, by: workflow)))
            visited.append(step.state)
        }
        let isUndone = history.contains { $0.type == "undoing" } && saga.status != "cancelled"
        var been = Set(visited)
        // What it is on its way to, while it is undone, it has not been in.
        if isUndone, let target = history.last(where: { $0.type == "undoing" })?.fields["for"]?.word {
            been.remove(target)
        }
        been.insert(saga.state)
        self.init(current: saga.state, visited: been, taken: taken, effects: effects)
    }

    /// Whether the workflow undoes a step; so it seems where nobody knows the workflow.
    private static func isUndone(_ step: SagaResource.Step, by workflow: Workflow?) -> Bool {
        guard let workflow else { return true }
        return if case .call? = workflow.state(step.state)?.step?.compensation { true } else { false }
    }
}

extension DiagramOverlay.Effect {
    /// What a step has left in the world, as far as anybody knows.
    fileprivate init(of step: SagaResource.Step, in saga: SagaResource, isUndone: Bool) {
        let isUndoing = ["cancelling", "compensating"].contains(saga.status)
        let isTried = saga.trying?.step == step.number
        switch step.outcome {
        case "compensated": self.init(.undone)
        case "skipped": self.init(.skipped)
        case "refused": self.init(.refused)
        case _ where step.undo != nil:
            self.init(.beingUndone, note: step.undoAttempts > 1 ? "\(step.undoAttempts)×" : "")
        case "succeeded": self.init(isUndoing && step.armed && isUndone ? .undoWaits : .done)
        case "none" where !step.armed: self.init(.nothing)
        case "none": self.init(.inFlight)
        case "pending": self.init(isTried ? .unknown : .inFlight)
        default: self.init(.unknown, note: step.attempts > 1 ? "\(step.attempts)×" : "")
        }
    }
}

extension Scene {
    /// The diagram of a workflow in the page's language, in a frame that scrolls.
    func diagram(_ workflow: Workflow, overlay: DiagramOverlay?, id: String) -> Markup {
        let diagram = Diagram(workflow, overlay: overlay, words: diagramWords)
        let drawing = Markup(trusted: SVGDrawing.element(of: DiagramLayout(diagram), id: id))
        return """
            <div class="scroll drawing" role="region" aria-label="\(say(.diagramOf, workflow.name))" tabindex="0">\(drawing)</div>

            """
    }

    private var diagramWords: DiagramWords {
        var words = DiagramWords()
        words.workflow = say(.workflow)
        words.succeeded = say(.wordSucceeded)
        words.refused = say(.wordRefused)
        words.signal = say(.wordSignal)
        words.stays = say(.wordStays)
        words.after = say(.wordAfter)
        words.endSucceeded = say(.wordEndSucceeded)
        words.endCancelled = say(.wordEndCancelled)
        words.pivot = say(.wordPivot)
        words.undo = say(.wordUndo)
        words.noUndo = say(.wordNoUndo)
        words.cancelLeads = say(.wordCancelLeads)
        words.deadlineLeads = say(.wordDeadline)
        words.here = say(.wordHere)
        words.been = say(.wordBeen)
        words.begins = say(.wordBegins)
        for mark in DiagramOverlay.Mark.allCases {
            words.marks[mark] = Message(rawValue: "mark.\(mark.rawValue)").map { say($0) }
        }
        return words
    }
}
