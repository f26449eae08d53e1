import CEL
import SagaCore

/// Makes workflows that the linter would let through: every state has a way on that leads to an end, and a state whose call can
/// be refused has a way for it.
struct WorkflowGenerator {
    var dice: Dice
    let participants: [String: ParticipantKind]
    /// Those that bring what they have promised.
    let callers: Set<String>
    /// The place of the state whose step is the pivot: nothing after it leads to an undoing (rule 16).
    private var pivot: Int?
    private static let names = ["A", "B", "C", "D", "E", "F"]

    init(dice: Dice, participants: [String: ParticipantKind], callers: Set<String>) {
        self.callers = callers
        self.dice = dice
        self.participants = participants
    }

    mutating func workflow(number: Int) -> Workflow {
        let count = 2 + dice.roll(4)
        let names = Array(Self.names.prefix(count))
        pivot = dice.chance(30) ? dice.roll(count) : nil
        var states = names.indices.map { state($0, of: names) }
        states.append(State(name: "Done", end: .succeeded))
        states.append(State(name: "Undone", end: .cancelled))
        let deadline = dice.chance(20) ? Deadline(after: .after(milliseconds: time()), to: "Undone") : nil
        return Workflow(
            name: "w\(number)", version: "1", digest: "d\(number)", initial: "A", states: states, deadline: deadline,
            cancelTarget: dice.chance(95) ? "Undone" : nil)
    }

    private mutating func state(_ index: Int, of names: [String]) -> State {
        let next = index + 1 < names.count ? names[index + 1] : "Done"
        let later = index + 2 < names.count ? names[index + 2] : next
        let step = dice.chance(80) || index == pivot ? self.step(index) : nil
        let isForward = pivot.map { index > $0 } ?? false
        let stays = dice.chance(step == nil ? 70 : 30)
        var state = State(name: names[index], step: step)
        if !stays {
            if dice.chance(20) { state.then.append(Route(when: formula("has(vars.rA) && vars.rA == null"), to: later)) }
            state.then.append(Route(set: counted(), to: next))
        }
        if step != nil {
            if dice.chance(30) {
                state.refused.append(RefusedRoute(code: "no", route: Route(set: counted(), to: later)))
            }
            if dice.chance(20) { state.refused.append(RefusedRoute(code: "full", route: Route(to: next))) }
            state.refused.append(RefusedRoute(route: Route(to: dice.chance(80) && !isForward ? "Undone" : next)))
            if dice.chance(50) {
                state.set = [Assignment(name: "r" + names[index], value: .formula(formula("result")))]
            }
        }
        // Once it is in the pivot's state and stays there, or is past it, it goes only forward.
        let isOneWay = isForward || index == pivot && stays
        let first = isOneWay ? index : 0
        let back = index == pivot ? next : names[first + dice.roll(index - first + 1)]
        state.signals = signals(stays: stays, next: next, back: back, mayStop: !isOneWay)
        if dice.chance(40) { state.after = timers(next: next, mayStop: !isOneWay) }
        state.cancel = dice.pick([.allow, .allow, .allow, .allow, .allow, .defer, .refuse])
        return state
    }

    private mutating func step(_ index: Int) -> Step {
        let participant = dice.pick(participants.keys.sorted())
        let retry = RetryPolicy(
            attempts: dice.chance(20) ? 1 + dice.roll(3) : nil, interval: dice.pick([30, 200, 1_000]),
            max: dice.pick([1_000, 5_000]), jitter: dice.chance(50))
        var undo = Compensation.Undo(
            call: Operation(participant: participant, operation: "undo\(index)"), timeout: dice.pick([60, 300]),
            retry: RetryPolicy(interval: dice.pick([30, 300]), max: 3_000, jitter: dice.chance(50)))
        if dice.chance(40) { undo.retry.attempts = 1 + dice.roll(2) }
        switch dice.roll(10) {
        case 0, 1: undo.with = .formula(formula("result"))
        case 2, 3, 4, 5, 6:
            undo.with = .formula(formula("{'request': request, 'n': \(Self.count), 'result': result}"))
        default: break
        }
        let isPivot = index == pivot
        let isUndoable = dice.chance(isPivot ? 20 : 88)
        return Step(
            call: Operation(participant: participant, operation: "do\(index)"),
            with: .formula(formula("{'saga': input.saga, 'n': \(Self.count)}")),
            timeout: dice.pick([60, 300, 1_000, 30_000]), retry: retry,
            unknown: unknown(participant, isUndoable: isUndoable),
            compensation: isUndoable ? .call(undo) : .none(because: "it only reads"), pivot: isPivot,
            pending: PendingRule(
                timeout: dice.pick([800, 5_000, PendingRule.timeoutDefault]), every: dice.pick([nil, 100, 1_000]),
                isCalledBack: callers.contains(participant)
                    && (participants[participant] == .forgetful || dice.chance(70))))
    }

    /// How far the saga has come: only what follows an answer changes it, so a step and its undo see the same.
    private static let count = "(has(vars.n) ? vars.n : 0)"

    /// How many signals a saga has taken without leaving its state; nothing that is sent to a participant is made of it.
    static let noted = "notes"
    private static let notes = "(has(vars.notes) ? vars.notes : 0)"

    private mutating func counted() -> [Assignment] {
        dice.chance(60) ? [Assignment(name: "n", value: .formula(formula("\(Self.count) + 1")))] : []
    }

    /// A rule that the participant can be trusted with; only a compensation fences.
    private mutating func unknown(_ participant: String, isUndoable: Bool) -> Step.UnknownRule {
        switch participants[participant] {
        case .fencing: isUndoable ? dice.pick([.redrive, .fence, .fence]) : .redrive
        case .repeating, nil: dice.chance(90) ? .redrive : .ask
        case .forgetful: .ask
        }
    }

    private mutating func signals(stays: Bool, next: String, back: String, mayStop: Bool) -> [SignalRule] {
        var rules: [SignalRule] = []
        if stays || dice.chance(20) {
            let when = dice.chance(30) ? formula("signal.data.ok") : nil
            rules.append(SignalRule(name: "go", action: .routes([Route(when: when, to: next)])))
        }
        if mayStop, dice.chance(25) { rules.append(SignalRule(name: "stop", action: .routes([Route(to: "Undone")]))) }
        if dice.chance(15) { rules.append(SignalRule(name: "back", action: .routes([Route(to: back)]))) }
        if dice.chance(50) {
            let noted = [Assignment(name: Self.noted, value: .formula(formula("\(Self.notes) + 1")))]
            let action = dice.pick([
                SignalRule.Action.defer, .defer, .refuse, .routes([Route(to: next)]),
                .routes([Route(set: noted, to: nil)]),
                .routes([Route(when: formula("\(Self.notes) > 0"), to: next), Route(set: noted, to: nil)]),
            ])
            rules.append(SignalRule(name: "note", action: action))
        }
        return rules
    }

    private mutating func timers(next: String, mayStop: Bool) -> [TimerRule] {
        (0...dice.roll(2)).map { number in
            let due: TimerRule.Due =
                switch dice.roll(10) {
                case 0: .at(formula("timestamp('1969-12-31T23:59:50Z')"))
                case 1: .at(formula("saga.startedAt + duration('3s')"))
                default: .after(milliseconds: time())
                }
            return TimerRule(
                name: "t\(number)", due: due, route: Route(to: mayStop && dice.chance(50) ? "Undone" : next))
        }
    }

    private mutating func time() -> Int64 {
        dice.pick([40, 250, 900, 900, 4_000, 10_000, 10_000, 90_000, 300_000])
    }

    private func formula(_ source: String) -> Formula {
        do throws(ParseError) {
            return Formula(expression: try Expression(source))
        } catch {
            fatalError("the generator wrote '\(source)': \(error)")
        }
    }
}
