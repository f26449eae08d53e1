import CEL
import SagaCore

/// Plays one scenario in virtual time, by the decisions of the engine; dies and starts again where a crash is wanted.
struct Stage {
    /// Something that will happen at its time.
    struct Pending {
        var at: Instant
        var what: What

        enum What {
            case act(Int)
            case arrival(Call, ScriptedAnswer)
            /// What a participant promised is there.
            case promise(ScriptedAnswer.Promise, Call)
            case answer(AttemptEnded, call: String, isLate: Bool)
        }
    }

    /// What the engine is told, and by whom.
    enum Cause: Hashable {
        case start, woken
        case act(Int)
        case answer(AttemptEnded, call: String)
        /// A participant brings its answer by itself.
        case brought(CallbackSent, call: String)

        /// Whoever sent it waits for an answer and sends it again when none comes.
        var isFromOutside: Bool {
            switch self {
            case .start, .act, .brought: true
            case .woken, .answer: false
            }
        }
    }

    let workflow: Workflow
    let scenario: Scenario
    private let crash: Crash?
    private(set) var now: Instant
    private(set) var saga: Saga?
    private(set) var standIns: StandIns
    private(set) var performance = Performance()
    private var history: [(at: Instant, record: Record)] = []
    /// In the order of (time, arrival here).
    private var pending: [Pending] = []
    private var isAnnounced: [Bool]
    private var keys: Set<String> = []

    init(_ workflow: Workflow, _ scenario: Scenario, crash: Crash? = nil) {
        self.workflow = workflow
        self.scenario = scenario
        self.crash = crash
        now = scenario.start
        standIns = StandIns(scenario.answers)
        isAnnounced = scenario.acts.map { _ in false }
        performance.answers = scenario.acts.map { _ in nil }
    }

    /// More inputs than any story has: a call that is repeated for ever, as nobody answers it.
    static let inputsMax = 5_000

    /// Plays it to its end: until nothing more can happen, or `until`.
    mutating func play() -> Performance {
        for (number, act) in scenario.acts.enumerated() {
            guard case .at(let milliseconds) = act.moment else { continue }
            isAnnounced[number] = true
            schedule(.act(number), at: scenario.start + milliseconds + act.delay)
        }
        submit(.start)
        var inputs = 0
        while let at = next, performance.fault == nil {
            if let until = scenario.until, at > scenario.start + until {
                now = scenario.start + until
                break
            }
            inputs += 1
            performance.inputs = inputs
            guard inputs < Self.inputsMax else {
                performance.fault =
                    "it goes on without end: \(inputs) inputs in \(DurationText.text(now - scenario.start))"
                break
            }
            now = max(now, at)
            if let first = pending.first, first.at <= now {
                pending.removeFirst()
                happen(first.what)
            } else {
                submit(.woken)
            }
        }
        conclude()
        return performance
    }

    private var next: Instant? {
        guard let due = saga?.due else { return pending.first?.at }
        return min(due, pending.first?.at ?? due)
    }

    private mutating func schedule(_ what: Pending.What, at: Instant) {
        let place = pending.firstIndex { $0.at > at } ?? pending.endIndex
        pending.insert(Pending(at: at, what: what), at: place)
    }

    private mutating func happen(_ what: Pending.What) {
        switch what {
        case .act(let number): submit(.act(number))
        case .promise(let promise, let call):
            standIns.keep(promise, of: call)
            bring(call)
        case .arrival(let call, let script): arrive(call, script, sent: now + -script.arrives)
        case .answer(let ended, let call, _): submit(.answer(ended, call: call))
        }
    }

    // MARK: The engine's step: decide, commit, send, answer

    private mutating func submit(_ cause: Cause) {
        do throws(Rejection) {
            guard let decision = try decide(cause) else { return }
            guard !decision.records.isEmpty else {
                if cause == .woken { performance.fault = "it woke up at \(now.rfc3339) and nothing was due" }
                return tell(cause, decision.answer)
            }
            performance.commits.append(.init(text: text(of: cause), sends: !decision.calls.isEmpty))
            let number = performance.commits.count
            if crash == Crash(.beforeCommit, commit: number) { return die(at: cause) }
            commit(decision)
            if crash == Crash(.afterCommit, commit: number) { return die(at: cause) }
            for call in decision.calls { send(call) }
            if crash == Crash(.afterSend, commit: number) { return die(at: cause) }
            tell(cause, decision.answer)
        } catch {
            performance.fault = "\(text(of: cause)): \(error)"
        }
    }

    private func decide(_ cause: Cause) throws(Rejection) -> Decision? {
        guard let saga else {
            guard cause == .start else { return nil }
            let id = SagaID(milliseconds: scenario.start.milliseconds, counter: 0, random: 0)
            return try Saga.start(StartSent(id: id, input: scenario.input), in: workflow, at: now)
        }
        let input: Input
        switch cause {
        case .start: return nil  // the same key again: the saga is there
        case .woken: input = .woken
        case .answer(let ended, _): input = .attemptEnded(ended)
        case .brought(let sent, _): input = .calledBack(sent)
        case .act(let number):
            switch scenario.acts[number].deed {
            case .signal(let name, let data, let id):
                input = .signalled(SignalSent(name: name, id: id ?? "act-\(number + 1)", data: data))
            case .cancel(let reason): input = .cancelled(CancelSent(reason: reason))
            }
        }
        return try saga.decide(input, in: workflow, at: now)
    }

    private mutating func commit(_ decision: Decision) {
        saga = decision.saga
        history.removeLast(history.count - decision.kept)
        for record in decision.records {
            history.append((at: now, record: record))
            switch record {
            case .entered(let state), .ended(let state, _): performance.states.append(state)
            default: break
            }
            if case .entered(let state) = record { announce { $0 == .when(state) } }
        }
        let (state, status) = (decision.saga.state, decision.saga.status.name)
        announce { $0 == .when(state) || $0 == .when(status) }
    }

    /// The moment of some acts has come.
    private mutating func announce(_ isNow: (Act.Moment) -> Bool) {
        for (number, act) in scenario.acts.enumerated() where !isAnnounced[number] && isNow(act.moment) {
            isAnnounced[number] = true
            schedule(.act(number), at: now + act.delay)
        }
    }

    private mutating func tell(_ cause: Cause, _ answer: SagaCore.Answer) {
        guard case .act(let number) = cause else { return }
        performance.answers[number] = answer.word
    }

    // MARK: The world outside

    private mutating func send(_ call: Call) {
        if keys.insert(call.key).inserted { performance.calls.append("\(call.operation)") }
        announce { $0 == .during(call.operation) }
        let script = standIns.script(for: call, at: now - scenario.start)
        let timeout = now + call.timeout
        let answerAt = now + script.arrives + script.after
        if let outcome = script.kind.outcome(for: call), answerAt <= timeout {
            return answer(call, outcome, at: answerAt)
        }
        if answerAt > timeout || script.kind.isLost {
            let waited = DurationText.text(call.timeout)
            answer(call, .unknown(message: "no answer in \(waited)"), at: timeout)
        }
        if script.arrives == 0 {
            arrive(call, script, sent: now)
        } else {
            schedule(.arrival(call, script), at: now + script.arrives)
        }
    }

    /// A request has arrived at its participant.
    private mutating func arrive(_ call: Call, _ script: ScriptedAnswer, sent: Instant) {
        let outcome = standIns.receive(call, script.kind)
        if case .pending(let promise) = script.kind, let after = promise.after {
            schedule(.promise(promise, call), at: now + after)
        }
        guard !script.kind.isLost else { return }
        let at = now + script.after
        guard at <= sent + call.timeout || script.isLate else { return }
        answer(call, outcome, at: at, isLate: at > sent + call.timeout)
    }

    /// Where the workflow says that the answer is brought, nobody asks for it.
    private mutating func bring(_ call: Call) {
        guard workflow.state(call.state)?.step?.pending.isCalledBack == true,
            let outcome = standIns.answer(to: call)
        else { return }
        submit(.brought(CallbackSent(call: call.name, outcome: outcome), call: "\(call.operation)"))
    }

    private mutating func answer(_ call: Call, _ outcome: Outcome, at: Instant, isLate: Bool = false) {
        let of = StepDirection(step: call.step, direction: call.direction)
        let ended = AttemptEnded(token: call.token, of: of, outcome: outcome)
        schedule(.answer(ended, call: "\(call.operation)", isLate: isLate), at: at)
    }

    /// The daemon is killed and starts again: what it had not written is gone, and so are the answers to its open connections. A worker
    /// that answers late sends again until it is heard.
    private mutating func die(at cause: Cause) {
        pending.removeAll { if case .answer(_, _, let isLate) = $0.what { !isLate } else { false } }
        do {
            saga = history.isEmpty ? nil : try Saga.fold(history)
        } catch {
            performance.fault = "\(error)"
        }
        for attempt in saga?.openCalls.attempts ?? [] {
            let of = StepDirection(step: attempt.step, direction: attempt.direction)
            let outcome = Outcome.unknown(message: "in flight at a crash")
            submit(.answer(AttemptEnded(token: attempt.token, of: of, outcome: outcome), call: "a call in flight"))
        }
        if cause.isFromOutside { submit(cause) }
    }

    // MARK: What is left

    private mutating func conclude() {
        performance.elapsed = now - scenario.start
        performance.effects = standIns.deeds.map { "\($0.operation)" }
        guard let saga else { return }
        performance.state = saga.state
        performance.status = saga.status
        performance.stuck = saga.stuck
        performance.vars = saga.vars
        guard saga.end == .cancelled else { return }
        performance.forgotten = standIns.deeds.filter { deed in
            if case .call? = workflow.state(deed.state)?.step?.compensation { true } else { false }
        }.map { "\($0.operation)" }
    }

    private func text(of cause: Cause) -> String {
        switch cause {
        case .start: "start"
        case .woken: "a timer or retry at \(DurationText.text(now - scenario.start))"
        case .act(let number): scenario.acts[number].text
        case .answer(let ended, let call): "\(call) \(ended.outcome.name)"
        case .brought(let sent, let call): "\(call) is answered by itself: \(sent.outcome.name)"
        }
    }
}

extension ScriptedAnswer.Kind {
    fileprivate var isLost: Bool { if case .lost = self { true } else { false } }
}

extension SagaCore.Answer {
    /// The word of the socket for it.
    fileprivate var word: String {
        switch self {
        case .done: "done"
        case .signal(.handled): "handled"
        case .signal(.deferred): "deferred"
        case .signal(.refused), .signal(.invalidData): "refused"
        case .cancel(let answer): answer.name
        case .callback(let verdict): "\(verdict)"
        }
    }
}
