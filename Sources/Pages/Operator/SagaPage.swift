import CEL
public import ControlAPI
public import SagaCore
import WorkflowFile

/// One saga with all that is known of it, and every act with what it would do.
public struct SagaPage: PageContent, Sendable {
    /// Secrets masked.
    public var saga: SagaResource
    /// Its newest part at least.
    public var history: HistoryList
    /// The version that it is pinned to; `nil` where its text does not read.
    public var workflow: Workflow?
    /// The acts that it could be told now; empty for who may only look.
    public var acts: [String]
    /// The one that was asked for, tried without doing it.
    public var trial: ActTrial?

    public init(
        saga: SagaResource, history: HistoryList, workflow: Workflow?, acts: [String] = [], trial: ActTrial? = nil
    ) {
        self.saga = saga
        self.history = history
        self.workflow = workflow
        self.acts = acts
        self.trial = trial
    }

    var place: MenuPlace? { .sagas }

    func title(_ scene: Scene) -> String { SagaNames.subject(saga.attributes, key: saga.key) }

    func body(_ scene: Scene) -> Markup {
        let say = scene.say
        let diagram: Markup = .with(workflow) { workflow in
            """
            <section class="card"><h2>\(say(.sagaDiagram))</h2>
            \(scene.diagram(workflow, overlay: DiagramOverlay(saga: saga, history: history.entries, workflow: workflow), id: "flow"))\(legend(scene))</section>

            """
        }
        let more: Markup = .when(history.next != nil, "<p class=\"hint\">\(say(.timelineMore))</p>")
        return """
            <h1>\(title(scene)) \(scene.status(saga.status))</h1>
            <p class="lead"><span class="id">\(saga.id)</span> · <a href="\(PagePath.workflow(saga.workflow, version: saga.version))">\(saga.workflow) \(saga.version)</a> · \(say(.started)) \(scene.moment(saga.startedAt)) · \(say(.changed)) \(scene.moment(saga.updatedAt))</p>
            \(notices(scene))\(.with(trial) { $0.markup(scene, saga: saga.id) })<div class="cols"><div>
            \(diagram)<section class="card"><h2>\(say(.whatHappened))</h2>
            \(SagaTimeline(history.entries, scene).markup(scene))\(more)</section></div>
            <aside>\(actList(scene))\(facts(scene))</aside></div>
            """
    }

    /// What stands in its way, in this order: what needs a person, what is tried, what waits for a participant.
    private func notices(_ scene: Scene) -> Markup {
        let say = scene.say
        let stuck: Markup = .when(saga.status == "stuck", scene.notice(.bad, say(.stuckTitle), hint(scene)))
        let alarms = saga.alarms.map { alarm -> Markup in
            scene.notice(
                .bad, say(.alarmTitle), "<span lang=\"en\">\(alarm.message)</span> · \(scene.moment(alarm.at))")
        }
        let trying: Markup = .with(saga.trying) { trying in
            let next: Markup = .with(trying.next) { " · \(say(.nextAt)) \(scene.moment($0, seconds: true))" }
            let text: Markup = """
                <code>\(trying.call)</code> · \(say(.attempts, "\(trying.count)")) · \(say(.since)) \(scene.moment(trying.first, seconds: true)) · \(trying.message)\(next)
                """
            return scene.notice(
                ["cancelling", "compensating"].contains(saga.status) ? .undo : .wait, say(.tryingTitle), text)
        }
        let parked: Markup = .with(saga.parked) { parked in
            scene.notice(
                .wait, say(.parkedTitle), "\(parked.error) · \(say(.since)) \(scene.moment(parked.since))")
        }
        return "\(stuck)\(alarms)\(trying)\(parked)"
    }

    private func hint(_ scene: Scene) -> Markup {
        let commands: Markup = .with(saga.hint) { hint in
            let lines = hint.commands.map { line -> Markup in "<li><code>\(line)</code></li>" }
            return "<p>\(scene.say(.waitsFor)) <span lang=\"en\">\(hint.waitsFor).</span></p><ul>\(lines)</ul>"
        }
        return "<span lang=\"en\">\(saga.reason ?? "")</span>\(commands)"
    }

    private func legend(_ scene: Scene) -> Markup {
        let items = DiagramOverlay.Mark.allCases.map { mark -> Markup in
            let word = Message(rawValue: "mark.\(mark.rawValue)").map { scene.say($0) } ?? mark.rawValue
            return "<li class=\"\(mark.tone)\">\(mark.symbol) \(word)</li>"
        }
        return "<ul class=\"legend\" aria-label=\"\(scene.say(.legend))\">\(items)</ul>"
    }

    private func actList(_ scene: Scene) -> Markup {
        guard acts.contains(where: { $0 != "signal" }) else { return .none }
        let links = acts.filter { $0 != "signal" }.map { act -> Markup in
            let current: Markup = act == trial?.act ? " aria-current=\"true\"" : ""
            return
                "<a class=\"button\" href=\"\(PagePath.saga(saga.id))?act=\(Route.encoded(act))#act\"\(current)>\(scene.verb(act))…</a>"
        }
        return """
            <section class="card"><h2>\(scene.say(.acts))</h2><div class="acts">\(links)</div><p class="hint">\(scene.say(.actsLead))</p></section>

            """
    }

    private func facts(_ scene: Scene) -> Markup {
        let say = scene.say
        let input = saga.input.members.map { (term: $0.name, value: Markup("\(SagaNames.text($0.value))")) }
        let vars = saga.vars.entries.map {
            (term: SagaNames.text($0.key), value: Markup("\(SagaNames.text($0.value))"))
        }
        let timers = saga.timers.map { timer in
            (term: timer.name, value: Markup("\(scene.moment(timer.due)) (\(scene.since(timer.due)))"))
        }
        let signals = saga.signals.map { signal -> Markup in
            let address = "\(PagePath.saga(saga.id))?act=signal&name=\(Route.encoded(signal))#act"
            return acts.contains("signal")
                ? "<li><a class=\"button\" href=\"\(address)\">\(signal)…</a></li>" : "<li><code>\(signal)</code></li>"
        }
        func card(_ title: Message, _ body: Markup) -> Markup {
            "<section class=\"card\"><h2>\(say(title))</h2>\(body)</section>\n"
        }
        return """
            \(card(.input, input.isEmpty ? "\(SagaNames.text(saga.input))" : scene.list(input)))\(.when(!vars.isEmpty, card(.kept, scene.list(vars))))\
            \(card(.timers, timers.isEmpty ? scene.empty(say(.timersEmpty)) : scene.list(timers)))\
            \(card(.takes, signals.isEmpty ? scene.empty(say(.takesEmpty)) : "<ul class=\"acts plain\">\(signals)</ul>"))\(steps(scene))
            """
    }

    /// By which the participants know what was asked of them.
    private func steps(_ scene: Scene) -> Markup {
        guard !saga.steps.isEmpty else { return .none }
        let items = saga.steps.map { step in
            (term: "\(step.number) \(step.call)", value: Markup("<span class=\"id\">\(step.key)</span>"))
        }
        return "<section class=\"card\"><h2>\(scene.say(.keys))</h2>\(scene.list(items, isTall: true))</section>\n"
    }
}
