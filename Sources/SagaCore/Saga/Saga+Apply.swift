import CEL

extension Saga {
    /// The saga that a history's first record begins.
    init(started: Record.Started, at now: Instant) {
        self.init(
            id: started.id, serial: started.serial, key: started.key, workflow: started.workflow,
            version: started.version, digest: started.digest, input: started.input.value, startedAt: now,
            updatedAt: now, state: "",
            vars: .init([]), steps: [], timers: [], signals: [], length: 1, entered: 1, enteredAt: now)
    }

    /// Folds a history; the times are those at which the inputs were applied.
    /// - Throws: ``BrokenHistory`` when it does not begin with `started`, `started` comes again, or a record refers to a step or
    ///   signal that is not there.
    public static func fold(_ history: some Sequence<(at: Instant, record: Record)>) throws(BrokenHistory) -> Saga {
        var fold = Fold()
        for (at, record) in history { try fold.take(record, at: at) }
        return try fold.whole()
    }

    /// A history that is folded while it is read, so that it need not be in memory as a whole.
    public struct Fold: Sendable {
        private var saga: Saga?

        /// Nothing folded yet.
        public init() {}

        /// Takes the next record.
        public mutating func take(_ record: Record, at: Instant) throws(BrokenHistory) {
            if saga == nil {
                guard case .started(let started) = record else { throw BrokenHistory(record: record.name, number: 1) }
                saga = Saga(started: started, at: at)
            } else {
                guard saga?.takes(record) == true else {
                    throw BrokenHistory(record: record.name, number: (saga?.length ?? 0) + 1)
                }
                saga?.apply(record, at: at)
            }
        }

        /// The saga, when the history is at its end.
        public func whole() throws(BrokenHistory) -> Saga {
            guard let saga else { throw BrokenHistory(record: "nothing", number: 0) }
            return saga
        }
    }

    /// Whether the record can follow in a history. What `decide` emits does; what was read from a disk may not.
    private func takes(_ record: Record) -> Bool {
        switch record {
        case .started:
            false
        case .attempted(let number, _, _, _), .succeeded(let number, _, _), .refused(let number, _, _, _),
            .retrySet(let number, _, _), .disarmed(let number), .undoArmed(let number, _, _), .skipped(let number, _):
            step(number) != nil
        case .unanswered(let tries):
            step(tries.step) != nil
        case .signalTaken(let index), .signalRefused(let index, _):
            signals.indices.contains(index)
        default:
            true
        }
    }

    /// The only mutator: what a record does to the saga. It decides nothing.
    public mutating func apply(_ record: Record, at now: Instant) {
        length += 1
        updatedAt = now
        if isUncounted(record) { uncounted += 1 }
        keepTail(record)
        switch record {
        case .started:
            break  // `fold` and `decide` begin with it and refuse a second one
        case .entered(let state): enter(state, at: now)
        case .timerSet(let name, let due):
            timers.append(SagaTimer(name: name, due: due, number: length))
        case .timerFired(let name, _):
            timers.removeAll { $0.name == name }
            firedTimers.append(name)
        case .stepArmed, .attempted, .succeeded, .refused, .unanswered, .retrySet, .disarmed, .undoArmed, .skipped:
            applyToStep(record)
        case .varsSet(let changed, let step):
            for (key, value) in changed.entries {
                if case .string(let name) = key { vars[name] = value }
            }
            if let step { keep(changed, of: step) }
        case .signalled(let signal):
            signals.append(signal)
            signalBytes += signal.data.weight
        case .signalTaken(let index): signals[index].verdict = .handled
        case .signalRefused(let index, let verdict): signals[index].verdict = verdict
        case .leaving(let to, let cause):
            exit = Exit(to: to, cause: cause)
            stuck = nil
            timers.removeAll { $0.name != SagaTimer.deadline }
        case .freed: stuck = nil
        case .stayed: exit = nil
        case .cancelRequested(let cancel): self.cancel = cancel
        case .undoing(let target):
            undoingFor = target
            stuck = nil
            leaveState()
            timers = []
        case .late, .calledBack: raise(record)
        case .stuck(let reason, let next):
            stuck = reason
            self.next = next
        case .held(let next): self.next = next
        case .operated(let act): applyAct(act)
        case .migrated(let version, let digest, _, _):
            self.version = version
            self.digest = digest
            timers = []  // those of the version that it goes on by follow as records of their own
        case .restored(let asOf): restore(asOf)
        case .ended(let state, let status):
            self.state = state
            leaveState()
            timers = []
            undoingFor = nil
            stuck = nil
            isPaused = false
            next = .wait
            end = status
        }
    }

    /// Whether it is no part of the way; what a try takes the place of is none, so that a rewound history counts as it did.
    private func isUncounted(_ record: Record) -> Bool {
        switch record {
        case .restored, .unanswered, .retrySet, .late, .calledBack, .held, .stuck, .freed, .operated: true
        case .attempted(let step, let direction, _, _): self.step(step)?.leg(direction)?.wasTried == true
        default: false
        }
    }

    private mutating func keepTail(_ record: Record) {
        switch record {
        case .unanswered(let tries): tail = Tail(before: length - 1, tries: tries)
        case .retrySet(let step, let direction, _), .attempted(let step, let direction, _, _):
            if tail?.tries.step != step || tail?.tries.direction != direction { tail = nil }
        default: tail = nil
        }
    }

    /// Takes back the tries at the end of the history, for a record that stands for them and one more. All that they did to the saga is
    /// done by that record too.
    mutating func rewind(to tail: Tail) {
        uncounted -= length - tail.before
        length = tail.before
        openCalls.settled(tail.tries.step)
    }

    /// What undoes the step is made of the variables as they were at its intent, and of what it has set itself: a route that was taken
    /// while its call was in flight changes nothing of that (rule 12).
    private mutating func keep(_ changed: MapValue, of step: Int) {
        change(step: step) { run in
            guard run.traits.contains(.undoable) else { return }
            for (key, value) in changed.entries {
                if case .string(let name) = key { run.vars[name] = value }
            }
        }
    }

    private mutating func enter(_ name: String, at now: Instant) {
        state = name
        entered = length
        enteredAt = now
        stuck = nil
        leaveState()
    }

    private mutating func raise(_ record: Record) {
        let (contradiction, call): (String?, StepDirection?) =
            switch record {
            case .late(let late): (late.contradiction, late.of)
            case .calledBack(let back): (back.contradiction, back.of)
            default: (nil, nil)
            }
        guard let contradiction, alarms.count < SagaLimits.alarmsMax else { return }
        let message = contradiction.clipped(to: SagaLimits.alarmBytesMax)
        alarms.append(Alarm(number: length, at: updatedAt, step: call?.step ?? 0, message: message))
    }

    private mutating func restore(_ asOf: Instant) {
        restoredAsOf = asOf
        for index in steps.indices {
            // It may have been answered since, or tried for the first time; so may its compensation.
            if !steps[index].isSettled {
                steps[index].effect = steps[index].forward.isPending ? .pending : .unknown
                steps[index].forward.isUnknown = true
            }
            if steps[index].isArmed { steps[index].undo?.leg.isUnknown = true }
        }
    }

    private mutating func applyAct(_ act: OperatorAct) {
        switch act.kind {
        case .pause: isPaused = true
        case .resume: isPaused = false
        default: stuck = nil
        }
    }

    private mutating func leaveState() {
        openCalls.gaveUp()
        exit = nil
        timers.removeAll { $0.name != SagaTimer.deadline }
        firedTimers.removeAll { $0 != SagaTimer.deadline }
    }

    private mutating func applyToStep(_ record: Record) {
        switch record {
        case .stepArmed(let state, let call, let request, let traits):
            steps.append(
                StepRun(
                    number: length, keyNumber: length - uncounted, state: state, call: call, request: request,
                    traits: traits, vars: vars))
            undoneFrom = steps.count
        case .attempted(let step, let direction, let number, let token): begin(step, direction, number, token)
        case .succeeded(let step, let direction, let result):
            openCalls.settled(step)
            change(step: step) {
                $0.effect = direction == .forward ? .succeeded : .compensated
                if direction == .forward { $0.result = result }
                $0.change(direction) { $0.isPending = false }
            }
        case .refused(let step, let direction, let code, let message):
            openCalls.settled(step)
            change(step: step) {
                $0.change(direction) { $0.isPending = false }
                guard direction == .forward else { return }
                $0.effect = .refused
                $0.refusal = StepRun.Refusal(code: code, message: message)
            }
        case .skipped(let step, _):
            openCalls.settled(step)
            change(step: step) { $0.effect = .skipped }
        case .unanswered(let tries): keep(tries)
        case .retrySet(let step, let direction, let due):
            openCalls.willRetry(Retry(step: step, direction: direction, due: due))
        case .disarmed(let step):
            openCalls.settled(step)
            change(step: step) { $0.effect = .refused }
        case .undoArmed(let step, let call, let request):
            // What is in flight forward is fenced off: its answer comes late.
            openCalls.settled(step)
            change(step: step) { $0.undo = StepRun.UndoRun(call: call, request: request) }
        default:
            break
        }
    }

    private mutating func begin(_ step: Int, _ direction: Direction, _ number: Int, _ token: Int) {
        let now = updatedAt
        let isQuestion = self.step(step)?.leg(direction)?.location != nil
        lastToken = token
        openCalls.sent(
            Attempt(token: token, step: step, direction: direction, number: number, isQuestion: isQuestion))
        change(step: step) {
            $0.change(direction) { leg in
                leg.attempts = number
                leg.wasTried = true
                if leg.firstAt == nil { leg.firstAt = now }
            }
        }
    }

    private mutating func keep(_ tries: Tries) {
        let now = updatedAt
        openCalls.settled(tries.step)
        // Another step's may be newer.
        lastToken = max(lastToken, tries.token)
        change(step: tries.step) { run in
            run.change(tries.direction) { $0.keep(tries, at: now) }
            guard tries.direction == .forward, !run.isSettled else { return }
            if run.forward.isPending {
                run.effect = .pending
            } else if run.forward.isUncertain {
                run.effect = .unknown
            }
        }
    }
}

extension Leg {
    fileprivate mutating func keep(_ tries: Tries, at now: Instant) {
        attempts = tries.attempts
        firstAt = tries.since
        hasLeft = tries.hasLeft
        switch tries.kind {
        case .held, .unreached: break
        case .unknown:
            // What was accepted stays so: that nobody heard of it now says nothing else.
            isUnknown = true
        case .unrecognised:
            if !isUncertain { isUnknown = true }
            unrecognised = tries.unrecognised
        case .pending:
            isPending = true
            if pendingSince == nil { pendingSince = tries.first }
            pendingUntil = tries.until ?? pendingUntil
            location = tries.location
        case .overdue:
            isUnknown = true
            isPending = false
            pendingUntil = nil
            location = nil
        }
    }
}

/// A history that no engine wrote: the saga is put aside (semantics.md, rule 6).
public struct BrokenHistory: Error, Sendable, Hashable, CustomStringConvertible {
    /// The record that does not belong there.
    public var record: String
    /// Its number in the history, from 1.
    public var number: Int

    public var description: String { "the history is broken: record \(number) is '\(record)'" }
}

extension String {
    /// Its first characters, so many bytes at most.
    fileprivate func clipped(to bytes: Int) -> String {
        if utf8.count <= bytes { return self }
        var (kept, size) = ("", 0)
        for character in self {
            size += character.utf8.count
            if size > bytes - 3 { break }
            kept.append(character)
        }
        return kept + "…"
    }
}
