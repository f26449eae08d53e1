extension Saga {
    /// Decides on an input; pure: the same saga, input and time give the same decision.
    /// - Throws: ``Rejection`` when the input is refused as a whole.
    public func decide(
        _ input: Input, in workflow: Workflow, at now: Instant, limits: SagaLimits = .standard
    ) throws(Rejection) -> Decision {
        var turn = Turn(saga: self, workflow: workflow, now: now, limits: limits)
        var answer = Answer.done
        switch input {
        case .attemptEnded(let ended): turn.attemptEnded(ended)
        case .calledBack(let sent): answer = .callback(try turn.calledBack(sent))
        case .woken: turn.woken()
        case .signalled(let signal): answer = .signal(try turn.signalled(signal))
        case .cancelled(let cancel): answer = .cancel(turn.cancelled(cancel))
        case .operated(let act): try turn.operated(act)
        case .migrated(let migrate): try turn.migrated(migrate)
        case .suspected(let message): turn.suspected(message)
        case .restored(let asOf): turn.restored(asOf)
        }
        return turn.decision(answer)
    }

    /// Decides on a start.
    /// - Throws: ``Rejection`` when the input does not fit, or the key cannot be built.
    public static func start(_ start: StartSent, in workflow: Workflow, at now: Instant) throws(Rejection) -> Decision {
        try Turn.started(start, in: workflow, at: now).decision(.done)
    }
}

/// The limits of one saga (rule 24).
public struct SagaLimits: Sendable, Hashable {
    /// Records in one history for what goes forward; more is a loop that nobody watches.
    public var recordsMax: Int
    /// Records in one history in all. What is above ``recordsMax`` is kept for undoing, settling and operators: each of the steps that fit
    /// below can be undone with room to spare, so a full history never leaves an effect without a way back.
    public var recordsMaxInAll: Int
    /// Records in one history after which a call that may have taken effect is not sent again by itself.
    public var recordsMaxToSettle: Int { recordsMax + (recordsMaxInAll - recordsMax) / 3 }
    /// Records above ``recordsMaxInAll`` that operators' acts may use.
    public static let recordsForActs = 1_000
    /// Answers that prove nothing after which a person is asked (rule 7).
    public var unrecognisedMax: Int

    /// The limits of the engine, unless told otherwise.
    public init(recordsMax: Int = 100_000, recordsMaxInAll: Int = 400_000, unrecognisedMax: Int = 20) {
        self.recordsMax = recordsMax
        self.recordsMaxInAll = recordsMaxInAll
        self.unrecognisedMax = unrecognisedMax
    }

    /// Those of every daemon. Others are for whoever explores what happens at them, where a hundred thousand records are too many.
    public static let standard = SagaLimits()
    /// Signals that one saga remembers.
    public static let signalsMax = 1_000
    /// Those among them that were refused: what is no good for it leaves room for what is.
    public static let refusedSignalsMax = 500
    /// About how many bytes the data of the signals take that one saga remembers; one that is larger by itself is taken as the only one.
    public static let signalBytesMax = 8 << 20
    /// The data of a refused signal is remembered up to so many bytes; what is larger says no more than the reason does.
    public static let refusedBytesMax = 1 << 10
    /// Bytes of an alarm's message.
    public static let alarmBytesMax = 1 << 10
    /// Contradictions that one saga remembers; the history has them all.
    public static let alarmsMax = 100
    /// States entered by one input; more is a loop that nothing interrupts.
    public static let hopsMax = 100
}

/// One decision in the making: a working copy of the saga, and the records that led there.
///
/// Each `emit` appends a record and applies it at once, so that what follows sees it.
struct Turn {
    private(set) var saga: Saga
    let workflow: Workflow
    let now: Instant
    let limits: SagaLimits
    private(set) var records: [Record] = []
    private(set) var calls: [Call] = []
    private(set) var failed: [FormulaError] = []
    /// How many records of the history before stay.
    private(set) var kept: Int
    /// States entered so far.
    var hops = 0

    init(saga: Saga, workflow: Workflow, now: Instant, limits: SagaLimits = .standard) {
        self.saga = saga
        self.limits = limits
        kept = saga.length
        self.workflow = workflow
        self.now = now
    }

    init(started: Record.Started, workflow: Workflow, now: Instant) {
        self.init(saga: Saga(started: started, at: now), workflow: workflow, now: now)
        records = [.started(started)]
        kept = 0
    }

    mutating func emit(_ record: Record) {
        records.append(record)
        saga.apply(record, at: now)
    }

    /// Notes that an attempt had no definite answer. Where those before it ended alike, one record stands for all (rule 24).
    mutating func note(_ tries: Tries) {
        guard records.isEmpty, let tail = saga.tail, let merged = tail.tries.with(tries) else {
            return emit(.unanswered(tries))
        }
        saga.rewind(to: tail)
        kept = tail.before
        emit(.unanswered(merged))
    }

    /// Notes that an expression failed.
    mutating func note(_ failure: FormulaError) {
        failed.append(failure)
    }

    mutating func send(_ call: Call) {
        calls.append(call)
    }

    func decision(_ answer: Answer) -> Decision {
        Decision(kept: kept, records: records, saga: saga, calls: calls, answer: answer, failed: failed)
    }

    /// Puts the saga aside for an operator; what was decided so far stays.
    /// - Parameter next: where it goes on when the operator says so.
    mutating func stick(_ code: Saga.StuckCode, _ message: String, next: Saga.Next) {
        emit(.stuck(Saga.StuckReason(code: code, message: message), next: next))
    }

    /// Runs what evaluates expressions: a failing one is never `false`, it makes the saga stuck.
    /// - Parameter next: where the saga goes on after that, unless it failed on entering a state.
    mutating func orStuck(next: Saga.Next, _ work: (inout Turn) throws(FormulaError) -> Void) {
        let entered = saga.entered
        do throws(FormulaError) {
            try work(&self)
        } catch {
            let isEntering = saga.entered != entered && saga.currentStep == nil && saga.undoingFor == nil
            note(error)
            stick(.expression, error.description, next: isEntering ? .enter : next)
        }
    }

    /// Runs what must be decided whole or not at all: what it emitted is taken back when it fails.
    mutating func whole<T>(_ work: (inout Turn) throws(FormulaError) -> T) throws(FormulaError) -> T {
        let before = self
        do throws(FormulaError) {
            return try work(&self)
        } catch {
            self = before
            throw error
        }
    }
}
