import CEL
import SagaCore
import Testing

/// Gives a saga one input after the other, and checks after each what must hold after every input.
struct Player {
    /// 2026-01-01T00:00:00Z: times in a transcript count from here.
    static let start = Instant(milliseconds: 1_767_225_600_000)
    static let id = SagaID(milliseconds: start.milliseconds, counter: 1, random: 42)

    private(set) var workflow: Workflow
    private(set) var saga: Saga?
    private(set) var history: [(at: Instant, record: Record)] = []
    private(set) var tokens: Set<Int> = []
    /// How many records of the history the last decision took the place of.
    private var replaced = 0
    /// What each attempt was of, by its token.
    private(set) var attempts: [Int: StepDirection] = [:]
    /// The calls that were made.
    private(set) var calls: [CallName] = []

    init(workflow: Workflow) {
        self.workflow = workflow
    }

    /// One line of a transcript: `TIME INPUT …`.
    mutating func play(_ line: String) throws -> [String] {
        let words = line.split(separator: " ", maxSplits: 2).map(String.init)
        let offset = try #require(DurationText.milliseconds(words[0]), "no time in '\(line)'")
        let now = Self.start + offset
        let rest = words.count > 2 ? words[2] : ""
        do throws(Rejection) {
            let decision = try decide(words[1], rest, now)
            return describe(decision)
        } catch {
            return ["! \(error)"]
        }
    }

    private mutating func decide(_ verb: String, _ rest: String, _ now: Instant) throws(Rejection) -> Decision {
        switch verb {
        case "start":
            return try start(StartSent(id: Self.id, input: json(rest)), at: now)
        case "wake": return try give(.woken, at: now)
        case "cancel":
            return try give(.cancelled(CancelSent(reason: rest.isEmpty ? nil : rest, by: nil)), at: now)
        case "retry", "pause", "resume", "terminate", "settle", "skip":
            return try give(.operated(act(verb, rest)), at: now)
        case "migrate":
            return try migrate(to: rest, at: now)
        case "signal":
            return try give(.signalled(signal(rest)), at: now)
        case _ where verb.hasPrefix("callback@"):
            return try give(.calledBack(callback(verb, rest, now)), at: now)
        default:
            let parts = verb.split(separator: "@").map(String.init)
            let token = parts.count > 1 ? Int(parts[1]) ?? 0 : saga?.openCalls.attempts.first?.token ?? 0
            let ended = AttemptEnded(token: token, of: attempts[token], outcome: outcome(parts[0], rest))
            return try give(.attemptEnded(ended), at: now)
        }
    }

    mutating func start(_ sent: StartSent, at now: Instant) throws(Rejection) -> Decision {
        let decision = try Saga.start(sent, in: workflow, at: now)
        check(decision, before: nil, at: now)
        return decision
    }

    mutating func give(_ input: Input, at now: Instant) throws(Rejection) -> Decision {
        guard let saga else { fatalError("a transcript begins with 'start'") }
        let decision = try saga.decide(input, in: workflow, at: now)
        check(decision, before: saga, at: now)
        return decision
    }

    /// `settle STEP succeeded [JSON]`, `settle STEP refused`, `skip STEP`, `retry [STEP]`, or the act alone.
    private func act(_ verb: String, _ rest: String) -> OperatorAct {
        let words = rest.split(separator: " ", maxSplits: 2).map(String.init)
        let kind: OperatorAct.Kind =
            switch verb {
            case "retry": .retry(step: words.first.flatMap { Int($0) })
            case "pause": .pause
            case "resume": .resume
            case "terminate": .terminate
            case "skip": .skip(step: Int(words[0]) ?? 0)
            default:
                .settle(
                    step: Int(words[0]) ?? 0,
                    as: words[1] == "refused"
                        ? .refused : .succeeded(result: words.count > 2 ? Document(bytes: Array(words[2].utf8)) : nil))
            }
        return OperatorAct(kind, reason: "by hand", by: Actor(uid: 0, gid: 0, pid: 1))
    }

    /// `callback@STEP[.undo] OUTCOME …`, or `… more TIME MESSAGE` for more time.
    private func callback(_ verb: String, _ rest: String, _ now: Instant) -> CallbackSent {
        let named = verb.split(separator: "@")[1].split(separator: ".")
        let call = CallName(number: Int(named[0]) ?? 0, direction: named.count > 1 ? .compensation : .forward)
        var words = rest.split(separator: " ").map(String.init)
        let kind = words.removeFirst()
        guard kind == "more" else {
            return CallbackSent(call: call, outcome: outcome(kind, words.joined(separator: " ")))
        }
        let until = now + (DurationText.milliseconds(words.removeFirst()) ?? 0)
        return CallbackSent(
            call: call, outcome: .pending(location: nil, message: words.joined(separator: " ")), until: until)
    }

    /// On the workflow of that name, whose version is another.
    private mutating func migrate(to name: String, at now: Instant) throws(Rejection) -> Decision {
        guard let saga, let target = Workflow.fixtures.first(where: { $0.digest == name }) else {
            fatalError("no workflow with the digest '\(name)'")
        }
        let decision = try saga.decide(.migrated(MigrateSent()), in: target, at: now)
        workflow = target
        check(decision, before: saga, at: now)
        return decision
    }

    /// `NAME [id=ID] [by=UID] [JSON]`
    private func signal(_ text: String) -> SignalSent {
        var words = text.split(separator: " ").map(String.init)[...]
        var signal = SignalSent(name: words.removeFirst())
        if let word = words.first, word.hasPrefix("id=") {
            signal.id = String(word.dropFirst(3))
            words.removeFirst()
        }
        if let word = words.first, word.hasPrefix("by="), let uid = UInt32(word.dropFirst(3)) {
            signal.by = Actor(uid: uid, gid: uid, pid: 1)
            words.removeFirst()
        }
        if !words.isEmpty { signal.data = Document(read: json(words.joined(separator: " "))) }
        return signal
    }

    /// `ok [JSON]`, `refused|unnamed|stranger CODE MESSAGE`, `forgotten MESSAGE`, `pending [at=LOCATION] MESSAGE`, and
    /// `unreached|turned-away|unknown|held MESSAGE`; the last five may end in `after=MS`.
    private func outcome(_ verb: String, _ rest: String) -> Outcome {
        var words = rest.split(separator: " ").map(String.init)
        var wait: Int64?
        if let last = words.last, last.hasPrefix("after=") {
            wait = Int64(last.dropFirst(6))
            words.removeLast()
        }
        switch verb {
        case "ok": return .succeeded(result: rest.isEmpty ? nil : Document(bytes: Array(rest.utf8)))
        case "refused", "unnamed", "stranger":
            let speaker: Outcome.Speaker = verb == "refused" ? .participant : verb == "unnamed" ? .unnamed : .stranger
            let message = words.dropFirst().joined(separator: " ")
            return .refused(code: words[0], message: message, by: speaker, retryAfter: wait)
        case "pending":
            let location = words.first?.hasPrefix("at=") == true ? String(words.removeFirst().dropFirst(3)) : nil
            return .pending(location: location, message: words.joined(separator: " "), retryAfter: wait)
        case "held": return .held(message: words.joined(separator: " "), retryAfter: wait ?? 1_000)
        case "forgotten": return .forgotten(message: words.joined(separator: " "))
        case "turned-away":
            return .unreached(message: words.joined(separator: " "), retryAfter: wait, hasLeft: true)
        case "unreached": return .unreached(message: words.joined(separator: " "), retryAfter: wait)
        case "unknown": return .unknown(message: words.joined(separator: " "), retryAfter: wait)
        default: fatalError("no input '\(verb)'")
        }
    }

    private func json(_ text: String) -> Value {
        guard !text.isEmpty else { return .map(MapValue()) }
        guard let value = try? JSON.parse(text) else { fatalError("no JSON: \(text)") }
        return value
    }

    private func describe(_ decision: Decision) -> [String] {
        var lines = decision.records.map { "\($0.name) \(JSON.string(.map($0.fields)))" }
        if replaced > 0 { lines.insert("(instead of the last \(replaced))", at: 0) }
        for call in decision.calls {
            let undoes = call.compensates.map { " undoes \(short($0))" } ?? ""
            let asks = call.location.map { " asks \($0)" } ?? ""
            let since = call.keySince.map { " since \(DurationText.text($0 - Self.start))" } ?? ""
            lines.append(
                "-> \(call.operation)\(asks) #\(call.token) key \(short(call.key))\(since)\(undoes) attempt \(call.number) "
                    + "timeout \(call.timeout) \(String(decoding: call.request, as: UTF8.self))")
        }
        let saga = decision.saga
        let due = saga.due.map { ", due \($0.rfc3339)" } ?? ""
        lines.append("= \(answer(decision.answer)); \(saga.status.name) in \(saga.state)\(due)")
        return lines
    }

    private func answer(_ answer: Answer) -> String {
        switch answer {
        case .done: "done"
        case .signal(.handled): "handled"
        case .signal(.deferred): "deferred"
        case .signal(.refused(let reason)): "refused: \(reason)"
        case .signal(.invalidData(let faults)): "invalid data: " + faults.map(\.description).joined(separator: "; ")
        case .callback(let verdict): "\(verdict)"
        case .cancel(.accepted): "accepted"
        case .cancel(.deferred): "deferred"
        case .cancel(.already): "already"
        case .cancel(.tooLate(let state)): "too late: \(state)"
        }
    }

    /// Keys begin with the saga's id.
    private func short(_ key: String) -> String {
        key.replacing(Self.id.description, with: "ID")
    }
}

extension Player {
    /// What must hold after every input, whatever it was.
    private mutating func check(_ decision: Decision, before: Saga?, at now: Instant) {
        let next = decision.saga
        replaced = history.count - decision.kept
        checkReplaced(decision, before)
        history.removeLast(replaced)
        history += decision.records.map { (at: now, record: $0) }
        if let before { #expect(!decision.records.isEmpty || before == next, "a change without a record") }
        // Rule 5: the state is the fold of the history, in memory and from the bytes in the store.
        #expect((try? Saga.fold(history)) == next)
        let bytes = RecordCodec.bytes(decision.records)
        #expect((try? RecordCodec.records(bytes)) == decision.records)
        let stored = (try? RecordCodec.records(RecordCodec.bytes(history.map(\.record)))) ?? []
        #expect((try? Saga.fold(zip(history.map(\.at), stored).map { (at: $0, record: $1) })) == next)
        checkCalls(decision)
        checkStatus(next)
        if let before, before.end != nil {
            // After the end only a late completion is noted, and what is brought.
            #expect(decision.calls.isEmpty)
            #expect(
                decision.records.allSatisfy { record in
                    switch record {
                    case .late, .calledBack: true
                    default: false
                    }
                })
            #expect(next.end == before.end)
        }
        saga = next
    }

    /// Rule 24: one record stands for tries that ended alike, and nothing else is ever taken out of a history.
    private func checkReplaced(_ decision: Decision, _ before: Saga?) {
        for (index, record) in decision.records.enumerated() {
            if case .unanswered = record { #expect(index == 0, "tries that do not begin their row") }
        }
        guard replaced > 0 else { return }
        #expect(decision.kept == before?.triesBegin)
        guard case .unanswered? = decision.records.first, case .unanswered? = history[decision.kept...].first?.record
        else {
            Issue.record("something else than tries was replaced")
            return
        }
        for (_, record) in history[(decision.kept + 1)...] {
            switch record {
            case .retrySet, .attempted: break
            default: Issue.record("'\(record.name)' was taken out of the history")
            }
        }
    }

    /// Rules 1, 3 and 4: a call leaves only with its intent in the same decision, and no token is given twice.
    private mutating func checkCalls(_ decision: Decision) {
        var intents: [Int: (step: Int, direction: Direction, number: Int)] = [:]
        for record in decision.records {
            if case .attempted(let step, let direction, let number, let token) = record {
                intents[token] = (step, direction, number)
            }
        }
        #expect(intents.count == decision.calls.count)
        for call in decision.calls {
            #expect(tokens.insert(call.token).inserted, "token \(call.token) twice")
            attempts[call.token] = StepDirection(step: call.step, direction: call.direction)
            if !calls.contains(call.name) { calls.append(call.name) }
            #expect(decision.saga.call(call.name, in: workflow)?.key == call.key)
            guard let intent = intents[call.token] else {
                Issue.record("call \(call.operation) without its intent")
                continue
            }
            #expect(call.number == intent.number && call.direction == intent.direction)
            #expect(call.key == decision.saga.key(step: intent.step, direction: intent.direction))
            #expect((call.compensates != nil) == (intent.direction == .compensation))
        }
    }

    private func checkStatus(_ saga: Saga) {
        #expect(saga.status.isEnded == (saga.end != nil))
        if saga.end != nil {
            #expect(saga.openCalls.isEmpty && saga.timers.isEmpty && saga.due == nil)
            // Rule 9: no saga ends by itself while a step is unknown.
            #expect(saga.end == .terminated || saga.steps.allSatisfy { $0.isSettled })
        }
        // Rule 16: after the pivot nothing is undone.
        if saga.pivot != nil { #expect(saga.undoingFor == nil && saga.end != .cancelled) }
        if saga.end == .cancelled {
            // Rules 10 and 18: it reads `cancelled` only when all that has a way back was undone.
            for run in saga.steps where run.isArmed {
                if case .call = workflow.state(run.state)?.step?.compensation {
                    Issue.record("cancelled, and step \(run.number) (\(run.call)) is still armed")
                }
            }
        }
        if saga.end == nil, saga.stuck == nil, !saga.isPaused {
            // Liveness: something will come to it, or the workflow waits for a signal.
            let waits = saga.status == .waiting
            #expect(waits || saga.openCalls.isCalling || saga.due != nil, "\(saga.status.name), and nothing will come")
        }
    }
}
