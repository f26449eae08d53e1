import CEL
import SagaCore
import SagaStore

/// The one writer, in two phases: fetches all that a batch of orders wants, decides the orders in memory, commits what they staged once,
/// and says what is to be done then. Synchronous, so that a simulator can drive it with a clock and a chance of its own.
final class Writer {
    let store: SagaStore
    private(set) var workflows: WorkflowSet
    private var cache: SagaCache
    /// What the batch at hand knows and has done.
    var batch = Batch()
    let decide: Decide
    private let random: () -> UInt64
    /// The highest numbers that were given.
    var last: LastNumbers
    /// What earlier processes left behind.
    var inherited = Inherited()
    let earlyMax: Int
    private let tally: LoopTally
    private let nanoseconds: () -> Int64
    /// Where the loop says what it does.
    let phase: PhaseMark
    var early: WaitingSignals
    /// Takes a call out of its lane that has not left, by its saga's number and its token; whether it was there.
    var withdraw: (Int64, Int) -> Bool = { _, _ in false }
    /// What was taken out for the batch at hand, as ends of calls.
    var withdrawn: [(saga: Int64, ended: AttemptEnded)] = []

    /// What is known from before this process.
    struct Inherited {
        /// Starts at which processes ended, by hash, with how many did.
        var poisonedStarts: [UInt64: Int] = [:]
        /// Sagas that had a call in flight at the last end, each with the first token of this process, once it has one: what this process
        /// has sent is not in doubt when the others are recovered.
        var inFlight: [Int64: Int] = [:]
    }

    /// Signals that wait for a saga to be started.
    struct WaitingSignals {
        var count = 0
        /// Of their data.
        var bytes = 0
        var bytesMax: Int
        /// When the first of them is dropped.
        var next: Int64?
    }

    /// What is to be done after a commit.
    struct AfterCommit {
        var results: [Result<Done, EngineError>]
        var changes: [CommittedChange]
        var calls: [Call]
        var changed: [Entry]
        var lost: [LostSignal]
        /// Whether there was anything to be written.
        var isWritten: Bool
    }

    /// The rule that an input of a saga is decided by.
    typealias Decide = (Saga, Input, Workflow, Instant) throws(Rejection) -> Decision

    /// - Parameter decide: the core's rule; the simulator puts wrong ones here, to see that its checkers catch them.
    /// - Throws: ``StoreError`` when the store cannot be read.
    init(
        store: SagaStore, workflows: WorkflowSet, cacheMax: Int, earlyMax: Int = EngineLimits().earlyMax,
        cacheBytesMax: Int = EngineLimits().cacheBytesMax, earlyBytesMax: Int = EngineLimits().earlyBytesMax,
        decide: @escaping Decide = { (saga, input, workflow, now) throws(Rejection) in
            try saga.decide(input, in: workflow, at: now)
        },
        random: @escaping () -> UInt64 = { .random(in: 0 ... .max) }, phase: PhaseMark = PhaseMark(),
        tally: LoopTally = LoopTally(), nanoseconds: @escaping () -> Int64 = MonotonicTicker().nanoseconds
    ) throws {
        self.tally = tally
        self.nanoseconds = nanoseconds
        self.phase = phase
        self.store = store
        self.workflows = workflows
        self.cache = SagaCache(max: cacheMax, bytesMax: cacheBytesMax)
        self.decide = decide
        self.random = random
        self.earlyMax = earlyMax
        early = WaitingSignals(bytesMax: earlyBytesMax)
        last = try store.lastNumbers()
        early.bytes = try store.read { try $0.earlySignalBytes() }
        try countEarly()
    }

    /// Decides all orders and commits what they staged at once. An order that is refused stages nothing and hinders no other.
    /// - Throws: ``StoreError`` when nothing was kept.
    func commit(_ orders: [Posted], at now: Instant) throws(StoreError) -> AfterCommit {
        batch = Batch()
        withdrawn = []
        defer { batch = Batch() }
        let before = last
        do throws(StoreError) {
            phase.set(.reading)
            try fetch(reads(of: orders))
            let results = orders.map { order in decided(order, now) }
            let times = try flush(isAlone: orders.count == 1)
            tally.committed(batch, orders: orders.count, times)
            for entry in batch.changed { cache.keep(entry) }
            let done = batch.done
            withdrawn.removeAll { item in
                done.sagas[item.saga].map { $0.saga.openCalls.attempt(token: item.ended.token) == nil } ?? false
            }
            early.bytes = max(0, early.bytes + done.keptBytes)
            if done.kept != 0 { recountEarly(by: done.kept) }
            // One that a later order of the batch has given up never leaves.
            let calls = done.calls.filter { call in
                done.sagas[call.saga.number]?.saga.openCalls.attempt(token: call.token) != nil
            }
            return AfterCommit(
                results: results, changes: done.changes, calls: calls, changed: batch.changed, lost: done.lost,
                isWritten: !batch.rows.isEmpty)
        } catch {
            // What only one of the orders met leaves a gap: its number may be what was wrong.
            if error.concernsAll { last = before }
            throw error
        }
    }

    private func decided(_ order: Posted, _ now: Instant) -> Result<Done, EngineError> {
        do throws(EngineError) {
            let done = try carryOut(order, now)
            batch.settle()
            return .success(done)
        } catch {
            batch.drop(after: error)
            return .failure(error)
        }
    }

    /// - Returns: how long it took; `nil` when nothing was written.
    private func flush(isAlone: Bool) throws(StoreError) -> LoopTally.Times? {
        batch.show { entry, isNew in changes(of: &entry, isNew: isNew) }
        let rows = batch.rows
        if rows.isEmpty { return nil }
        phase.set(.writing)
        let begun = nanoseconds()
        var written = begun
        do throws(StoreError) {
            try store.commit(rows) {
                phase.set(.committing)
                written = nanoseconds()
            }
            let ended = nanoseconds()
            return LoopTally.Times(all: ended - begun, sync: ended - written)
        } catch {
            // Where its row cannot even be marked, a saga meets the same error again at its next input, and alone.
            guard isAlone, !error.concernsAll, batch.onlyPutsAside else { throw error }
            return nil
        }
    }

    private func carryOut(_ order: Posted, _ now: Instant) throws(EngineError) -> Done {
        switch order.ask {
        case .start(let command): .saga(try start(command, wait: order.wait, now))
        case .tell(let target, let input): .saga(try tell(target, input, wait: order.wait, now))
        case .early(let signal): try early(signal, now)
        case .operate(let target, let command): .saga(try operate(target, command, wait: order.wait, now))
        case .migrate(let target, let row, let sent): .saga(try migrate(target, to: row, sent, now))
        case .recover(let number): .saga(try recover(number, now))
        case .accept(let job, let sagas): .job(try accept(job, sagas, now))
        case .work(let job): try work(job, now)
        case .look(let target): .saga(Handled(verdict: .look, entry: try load(target)))
        case .rehearse(let target, let command): .saga(try rehearse(target, command, now))
        }
    }

    /// A new id: above all before, also when the clock was set back.
    /// - Throws: ``EngineError/store(code:message:)`` when there is none above.
    func newID(at now: Instant) throws(EngineError) -> SagaID {
        guard last.saga < SagaID.numberMax else {
            throw .store(
                code: StoreError.Code.unreadable.rawValue,
                message: "a saga has the greatest number that there is, so that none can follow; restore a backup")
        }
        let number = max(last.saga + 1, SagaID.firstNumber(at: now.milliseconds))
        last.saga = number
        return SagaID(
            milliseconds: number >> 12, counter: UInt16(truncatingIfNeeded: number & 0xFFF), random: random())
    }

    /// The serial that a new saga has; it is given with the saga's row, as a start that makes no saga takes none.
    /// - Throws: ``EngineError/store(code:message:)`` when there is none above.
    func nextSerial(of workflow: String) throws(EngineError) -> Int64 {
        let next = (last.serials[workflow] ?? 0) + 1
        guard next <= Saga.serialMax else {
            throw .store(
                code: StoreError.Code.unreadable.rawValue,
                message: "a saga of '\(workflow)' has the greatest serial that there is; restore a backup")
        }
        return next
    }

    /// Decides by other workflows from now on. Sagas in memory keep their own, which is pinned by its digest.
    func load(_ workflows: WorkflowSet, _ limits: EngineLimits) {
        self.workflows = workflows
        early.bytesMax = limits.earlyBytesMax
        cache.limit(max: limits.cacheMax, bytesMax: limits.cacheBytesMax)
    }

    /// Bytes of the sagas in memory.
    var cacheBytes: ByteGauge { cache.bytes }

    /// Bytes of the signals that wait for their sagas.
    var earlyBytes: ByteGauge { ByteGauge(used: early.bytes, max: early.bytesMax) }

    /// Names this process among those that end at an input.
    func newProcess() -> UInt64 { random() }

    /// The saga as of the last commit.
    func find(_ number: Int64) -> Entry? { cache.find(number) }

    /// The saga is gone.
    func forget(_ number: Int64) { cache.forget(number) }

    func keep(_ entry: Entry) { cache.keep(entry) }

    /// What the saga shows in views was written without it.
    func shownByOthers(_ number: Int64) {
        guard var entry = cache.find(number) else { return }
        entry.shown = nil
        cache.keep(entry)
    }
}
