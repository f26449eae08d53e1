import CEL
import SagaCore
import SagaStore

/// The one writer: decides a batch of orders, commits it once, and says what is to be done then. Synchronous, so that a
/// simulator can drive it with a clock and a chance of its own.
final class Writer {
    let store: SagaStore
    let workflows: WorkflowSet
    private var cache: SagaCache
    /// What the transaction at hand has changed; becomes visible with its commit.
    var staged: [Int64: Entry] = [:]
    /// The numbers of what is staged, in the order of the changes: the same input gives the same calls on every run.
    var stagedOrder: [Int64] = []
    var changes: [CommittedChange] = []
    var calls: [Call] = []
    let decide: Decide
    private var random: () -> UInt64
    var lastNumber: Int64

    /// What is to be done after a commit.
    struct AfterCommit {
        var results: [Result<Handled, EngineError>]
        var changes: [CommittedChange]
        var calls: [Call]
        var changed: [Entry]
    }

    /// The rule that an input of a saga is decided by.
    typealias Decide = (Saga, Input, Workflow, Instant) throws(Rejection) -> Decision

    /// - Parameter decide: the core's rule; the simulator puts wrong ones here, to see that its checkers catch them.
    /// - Throws: ``StoreError`` when the store cannot be read.
    init(
        store: SagaStore, workflows: WorkflowSet, cacheMax: Int,
        decide: @escaping Decide = { (saga, input, workflow, now) throws(Rejection) in
            try saga.decide(input, in: workflow, at: now)
        },
        random: @escaping () -> UInt64 = { .random(in: 0 ... .max) }
    ) throws {
        self.store = store
        self.workflows = workflows
        self.cache = SagaCache(max: cacheMax)
        self.decide = decide
        self.random = random
        lastNumber = try store.read { try $0.lastNumber() }
    }

    /// Decides and commits all orders in one transaction. An order that is refused writes nothing and hinders no other.
    /// - Throws: ``StoreError`` when nothing was kept.
    func commit(_ orders: [Order], at now: Instant) throws(StoreError) -> AfterCommit {
        staged = [:]
        stagedOrder = []
        changes = []
        calls = []
        let numberBefore = lastNumber
        var results: [Result<Handled, EngineError>] = []
        do throws(StoreError) {
            results = try store.write { transaction in
                var results: [Result<Handled, EngineError>] = []
                results.reserveCapacity(orders.count)
                for order in orders { results.append(try handle(order, transaction, now)) }
                return results
            }
        } catch {
            lastNumber = numberBefore
            staged = [:]
            throw error
        }
        let changed = stagedOrder.compactMap { staged[$0] }
        for entry in changed { cache.keep(entry) }
        staged = [:]
        return AfterCommit(results: results, changes: changes, calls: calls, changed: changed)
    }

    /// A refusal is an answer; what the store throws ends the transaction.
    private func handle(
        _ order: Order, _ transaction: borrowing WriteTransaction, _ now: Instant
    ) throws -> Result<Handled, EngineError> {
        do {
            switch order.ask {
            case .start(let command):
                return .success(try start(command, transaction, now))
            case .tell(let target, let input):
                return .success(try tell(target, input, transaction, now))
            case .look(let target):
                let entry = try load(target, transaction.reading)
                return .success(Handled(verdict: .look, entry: entry))
            case .recover(let number):
                return .success(try recover(number, transaction, now))
            case .probe, .abandon:
                return .failure(.stopping)  // the loop answers these itself
            }
        } catch let error as EngineError {
            if case .broken(let id, _) = error { try putAside(id, transaction) }
            return .failure(error)
        }
    }

    /// A new id: above all before, also when the clock was set back.
    func newID(at now: Instant) -> SagaID {
        let number = max(lastNumber + 1, now.milliseconds << 12)
        lastNumber = number
        return SagaID(
            milliseconds: number >> 12, counter: UInt16(truncatingIfNeeded: number & 0xFFF), random: random())
    }

    /// The saga as of the last commit, or as staged within the transaction at hand.
    func find(_ number: Int64) -> Entry? {
        staged[number] ?? cache.find(number)
    }

    func keep(_ entry: Entry) {
        cache.keep(entry)
    }
}
