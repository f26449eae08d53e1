public import ControlAPI
import WorkflowFile

/// An act that was tried without doing it: what it would do, or why it may not, and then its form.
public struct ActTrial: Sendable {
    /// As `yogictl` names it.
    public var act: String
    /// In words of the daemon.
    public var dryRun: DryRun
    /// The steps that it could be about; empty for an act of the whole saga.
    public var steps: [SagaResource.Step]

    /// What came of trying it.
    public enum DryRun: Sendable {
        case would(OperateAnswer)
        case refused(WireProblem)
        /// The daemon tries nothing of this kind: what it is stands in the words of the form.
        case untried
    }

    /// The signal's name, where the act is `signal`.
    public var signal: String?

    public init(act: String, dryRun: DryRun, steps: [SagaResource.Step] = [], signal: String? = nil) {
        self.signal = signal
        self.act = act
        self.dryRun = dryRun
        self.steps = steps
    }

    func markup(_ scene: Scene, saga: String) -> Markup {
        let say = scene.say
        let explained = Message(rawValue: "verbs.\(act)").map { say($0) } ?? ""
        let form: Markup
        switch dryRun {
        case .refused(let problem): form = scene.notice(.bad, say(.trialRefused), "\(problem.detail)")
        case .untried: form = self.form(scene, saga)
        case .would(let answer): form = "\(would(scene, answer))\(self.form(scene, saga))"
        }
        return """
            <section class="card trial" id="act"><h2>\(scene.verb(act))\(.with(signal) { ": \($0)" })</h2><p>\(explained)</p>
            \(form)</section>

            """
    }

    private func would(_ scene: Scene, _ answer: OperateAnswer) -> Markup {
        let say = scene.say
        let calls = answer.calls.map { call -> Markup in
            "<li>\(say(.trialCalls)) <code>\(call.call)</code> <span class=\"id\">\(call.key)</span></li>"
        }
        let effects = (answer.effects ?? []).map { effect -> Markup in
            "<li>\(say(.trialLeaves)) <code>\(effect.call)</code> \(scene.effect(effect.outcome))</li>"
        }
        let then: Markup = "<li>\(say(.trialThen)) \(scene.status(answer.saga.status)) \(answer.saga.state)</li>"
        return "<h3>\(say(.trialWould))</h3><ul>\(calls)\(effects)\(then)</ul>"
    }

    private func form(_ scene: Scene, _ saga: String) -> Markup {
        let say = scene.say
        let step: Markup =
            steps.isEmpty
            ? .none
            : scene.choice(
                "act.step", say(.step), steps.map { ("\($0.number)", "\($0.number) \($0.call)") },
                chosen: "\(steps.last?.number ?? 0)")
        let verdict: Markup =
            act == "settle"
            ? scene.choice(
                "act.as", say(.settleAs),
                [("succeeded", say(.settleSucceeded)), ("refused", say(.settleRefused))], chosen: "")
            : .none
        let told: Markup = .with(signal) { name in
            let data = scene.field(
                "act.data", say(.signalData), hint: say(.signalDataHint), attributes: " maxlength=\"4000\"")
            return "\(scene.hidden("name", name))\(data)"
        }
        let look = ["terminate", "skip", "cancel"].contains(act) ? "danger" : "main"
        return scene.form(
            "act", action: PagePath.act(saga, act),
            """
            \(step)\(verdict)\(told)\(scene.field("act.reason", say(.reason), hint: say(.reasonHint), attributes: " required=\"required\" maxlength=\"200\""))\
            <div class="acts"><button class="\(look)">\(scene.verb(act))</button><a class="button" href="\(PagePath.saga(saga))">\(say(.leave))</a></div>

            """)
    }
}

extension Scene {
    /// What the ledger says of an effect, in the words and colours of the diagram.
    func effect(_ outcome: String) -> Markup {
        let mark: DiagramOverlay.Mark? =
            switch outcome {
            case "succeeded": .done
            case "unknown": .unknown
            case "in flight": .inFlight
            case "undoing": .beingUndone
            default: nil
            }
        guard let mark, let tone = Tone(rawValue: mark.tone) else { return "\(outcome)" }
        return state(tone, Message(rawValue: "mark.\(mark.rawValue)").map { say($0) } ?? outcome)
    }
}
