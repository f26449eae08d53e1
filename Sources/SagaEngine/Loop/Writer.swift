import CEL
import SagaCore
import SagaStore

/// The one writer: decides a batch of orders, commits it once, and says what is to be done then. Synchronous, so that a
/// simulator can drive it with a clock and a chance of its own.
final class Writer {
    let store: SagaStore
    private(set) var workflows: WorkflowSet
    private var cache: SagaCache
    /// What the transaction at hand has done.
    var effects = Effects()
    let decide: Decide
    private var random: () -> UInt64
    var lastNumber: Int64
    /// Starts at which processes ended, by hash, with how many did.
    var poisonedStarts: [UInt64: Int] = [:]
    let earlyMax: Int
    /// Where the loop says what it does.
    let phase: PhaseMark
    /// Signals that wait for a saga to be started, and when the first of them is dropped.
    var earlyCount = 0
    var earlyNext: Int64?

    /// What a transaction has changed, which becomes visible with its commit, and what follows from it.
    struct Effects {
        var staged: [Int64: Entry] = [:]
        /// The numbers of what is staged, in the order of the changes: the same input gives the same calls on every run.
        var order: [Int64] = []
        var changes: [CommittedChange] = []
        var calls: [Call] = []
        /// How many jobs were accepted.
        var jobs = 0
        /// How many signals more wait for their sagas; below 0 for fewer.
        var kept = 0
        var lost: [LostSignal] = []
    }

    /// What is to be done after a commit.
    struct AfterCommit {
        var results: [Result<Done, EngineError>]
        var changes: [CommittedChange]
        var calls: [Call]
        var changed: [Entry]
        var lost: [LostSignal]
    }

    /// The rule that an input of a saga is decided by.
    typealias Decide = (Saga, Input, Workflow, Instant) throws(Rejection) -> Decision

    /// - Parameter decide: the core's rule; the simulator puts wrong ones here, to see that its checkers catch them.
    /// - Throws: ``StoreError`` when the store cannot be read.
    init(
        store: SagaStore, workflows: WorkflowSet, cacheMax: Int, earlyMax: Int = EngineLimits().earlyMax,
        decide: @escaping Decide = { (saga, input, workflow, now) throws(Rejection) in
            try saga.decide(input, in: workflow, at: now)
        },
        random: @escaping () -> UInt64 = { .random(in: 0 ... .max) }, phase: PhaseMark = PhaseMark()
    ) throws {
        self.phase = phase
        self.store = store
        self.workflows = workflows
        self.cache = SagaCache(max: cacheMax)
        self.decide = decide
        self.random = random
        self.earlyMax = earlyMax
        lastNumber = try store.read { try $0.lastNumber() }
        try countEarly()
    }

    /// Decides and commits all orders in one transaction. An order that is refused writes nothing and hinders no other.
    ///
    /// Savepoints cost a third of what SQLite does for an order (1.7 µs of 4.7), and an order all but never fails after it wrote;
    /// so the orders share the transaction, and only when one has failed in it they are all decided again, each in a savepoint.
    /// - Throws: ``StoreError`` when nothing was kept.
    func commit(_ orders: [Posted], at now: Instant) throws(StoreError) -> AfterCommit {
        do throws(StoreError) {
            return try commit(orders, at: now, isolating: false)
        } catch {
            // A transaction that has met a damaged page commits nothing, whatever is rolled back in it.
            if error.concernsAll || error.code == .corrupt { throw error }
            return try commit(orders, at: now, isolating: true)
        }
    }

    private func commit(_ orders: [Posted], at now: Instant, isolating: Bool) throws(StoreError) -> AfterCommit {
        effects = Effects()
        defer { effects = Effects() }
        let numberBefore = lastNumber
        var results: [Result<Done, EngineError>] = []
        do throws(StoreError) {
            phase.set(.writing)
            results = try store.write { transaction in
                var results: [Result<Done, EngineError>] = []
                results.reserveCapacity(orders.count)
                for order in orders {
                    results.append(
                        isolating ? try isolated(order, transaction, now) : try handle(order, transaction, now))
                }
                phase.set(.committing)
                return results
            }
        } catch {
            lastNumber = numberBefore
            throw error
        }
        let changed = effects.order.compactMap { effects.staged[$0] }
        for entry in changed { cache.keep(entry) }
        if effects.kept != 0 { recountEarly(by: effects.kept) }
        return AfterCommit(
            results: results, changes: effects.changes, calls: effects.calls, changed: changed,
            lost: effects.lost)
    }

    /// A refusal is an answer; what the store throws ends the transaction, and so does a refusal after a write.
    private func handle(
        _ order: Posted, _ transaction: borrowing WriteTransaction, _ now: Instant
    ) throws -> Result<Done, EngineError> {
        let written = effects.changes.count + effects.jobs
        do {
            return .success(try carryOut(order, transaction, now))
        } catch let error as EngineError {
            if effects.changes.count + effects.jobs > written { throw HalfDone() }
            try putAside(after: error, transaction)
            return .failure(error)
        }
    }

    /// An order was refused when it had written already: to be decided again in a savepoint.
    private struct HalfDone: Error {}

    /// The same in a savepoint: whatever an order throws, unless the store takes no writes at all, is its own failure.
    private func isolated(
        _ order: Posted, _ transaction: borrowing WriteTransaction, _ now: Instant
    ) throws -> Result<Done, EngineError> {
        let before = effects
        do {
            return .success(try transaction.savepoint { try carryOut(order, $0, now) })
        } catch {
            effects = before
            if let error = error as? StoreError, error.concernsAll { throw error }
            let refusal = error as? EngineError ?? (error as? StoreError).map { EngineError($0) }
            let failure = refusal ?? .store(code: StoreError.Code.failed.rawValue, message: "\(error)")
            try putAside(after: failure, transaction)
            return .failure(failure)
        }
    }

    private func carryOut(
        _ order: Posted, _ transaction: borrowing WriteTransaction, _ now: Instant
    ) throws -> Done {
        switch order.ask {
        case .start(let command): return .saga(try start(command, wait: order.wait, transaction, now))
        case .tell(let target, let input): return .saga(try tell(target, input, wait: order.wait, transaction, now))
        case .early(let signal): return try early(signal, transaction, now)
        case .operate(let target, let command):
            return .saga(try operate(target, command, wait: order.wait, transaction, now))
        case .migrate(let target, let row, let sent):
            return .saga(try migrate(target, to: row, sent, transaction, now))
        case .recover(let number): return .saga(try recover(number, transaction, now))
        case .accept(let job, let sagas): return .job(try accept(job, sagas, transaction, now))
        case .work(let job):
            try work(job, transaction, now)
            return .worked
        case .look(let target): return .saga(Handled(verdict: .look, entry: try load(target, transaction.reading)))
        case .rehearse(let target, let command):
            return .saga(try rehearse(target, command, transaction.reading, now))
        }
    }

    /// A new id: above all before, also when the clock was set back.
    /// - Throws: ``EngineError/store(code:message:)`` when there is none above.
    func newID(at now: Instant) throws(EngineError) -> SagaID {
        guard lastNumber < SagaID.numberMax else {
            throw .store(
                code: StoreError.Code.unreadable.rawValue,
                message: "a saga has the greatest number that there is, so that none can follow; restore a backup")
        }
        let number = max(lastNumber + 1, SagaID.firstNumber(at: now.milliseconds))
        lastNumber = number
        return SagaID(
            milliseconds: number >> 12, counter: UInt16(truncatingIfNeeded: number & 0xFFF), random: random())
    }

    /// Decides by other workflows from now on. Sagas in memory keep their own, which is pinned by its digest.
    func load(_ workflows: WorkflowSet, cacheMax: Int) {
        self.workflows = workflows
        cache.limit(max: cacheMax)
    }

    /// Names this process among those that end at an input.
    func newProcess() -> UInt64 { random() }

    /// The saga as of the last commit, or as staged within the transaction at hand.
    func find(_ number: Int64) -> Entry? {
        effects.staged[number] ?? cache.find(number)
    }

    /// The saga is gone.
    func forget(_ number: Int64) { cache.forget(number) }

    func keep(_ entry: Entry) {
        cache.keep(entry)
    }
}
