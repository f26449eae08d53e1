import Logging
import SagaCore
import SagaStore

/// The loop on its own thread: takes what is ready, commits it once, and only then answers and acts.
///
/// A thread and no task, as it blocks in `fsync` and on its inbox; nobody else touches what it owns.
final class Loop {
    private let inbox: Inbox
    private let writer: Writer
    private let clock: any EngineClock
    private let limits: EngineLimits
    private let outlets: Outlets
    private var waiters = Waiters()
    private(set) var dues = DueHeap()
    /// Dues up to here are in memory; later ones are read from the store in time.
    private var horizon: Int64 = 0
    /// When the store is asked for more of them.
    private var extendAt: Int64 = 0
    private var lastTime: Int64 = 0
    /// Sagas whose call was in flight when the last process ended.
    private(set) var toRecover: ArraySlice<Int64> = []
    /// What happened while the store took no writes.
    private var held: ArraySlice<Order> = []
    private var heldUntil: Int64 = 0

    /// Where the loop's results go.
    struct Outlets: Sendable {
        var dispatch: @Sendable ([Call]) -> Void
        var observe: @Sendable ([CommittedChange]) -> Void
        /// Whether waits are over: the daemon is going down.
        var waitsEnded: @Sendable () -> Bool
        var gauges: Gauges
        var logger: Logger
    }

    init(inbox: Inbox, writer: Writer, clock: any EngineClock, limits: EngineLimits, outlets: Outlets)
        throws(StoreError)
    {
        self.inbox = inbox
        self.writer = writer
        self.clock = clock
        self.limits = limits
        self.outlets = outlets
        let now = clock.now().milliseconds
        // In flight is due 0: the first in the index, and the first that recovery looks at.
        let found = try writer.store.read { try $0.due(after: -1, until: now + limits.horizon) }
        toRecover = found.filter { $0.due == SagaRow.inFlight }.map(\.number)[...]
        for item in found where item.due != SagaRow.inFlight { dues.push(due: item.due, number: item.number) }
        horizon = now + limits.horizon
        extendAt = now + limits.horizon / 2
        lastTime = now
    }

    /// Runs until the inbox is closed and what was accepted is done.
    func run() {
        while true {
            let now = clock.now()
            extendHorizon(now)
            waiters.expire(at: waitsEnd(now) ? .max : now.milliseconds, find: look)
            let orders = nextBatch(now)
            if orders.isEmpty {
                if inbox.isClosed, inbox.backlog == 0 { break }
                inbox.wait(milliseconds: idleTime(now))
                continue
            }
            turn(orders, now)
        }
        waiters.expire(at: .max, find: look)
    }

    /// Whether nobody waits any longer: when the daemon goes down, and when the clock was set back, as nobody knows then for how
    /// long they have waited. Less than a second is the clock being trimmed.
    private func waitsEnd(_ now: Instant) -> Bool {
        defer { lastTime = now.milliseconds }
        return outlets.waitsEnded() || now.milliseconds < lastTime - 1_000
    }

    private func nextBatch(_ now: Instant) -> [Order] {
        if !held.isEmpty {
            // While the store takes no writes only looks and refusals are served; what happened waits.
            if isHolding(now) { return inbox.take(max: limits.batchMax) }
            let batch = Array(held.prefix(limits.batchMax))
            held.removeFirst(batch.count)
            return batch
        }
        // Timers and recovery have their share of a batch, however many commands come.
        let hasOwn = !toRecover.isEmpty || dues.first.map { $0.due <= now.milliseconds } ?? false
        let share = hasOwn ? max(1, limits.batchMax / 4) : 0
        var orders = inbox.take(max: limits.batchMax - share)
        if inbox.isClosed, orders.isEmpty { return inbox.take(max: limits.batchMax) }
        if inbox.isClosed { return orders }
        while orders.count < limits.batchMax, let item = dues.pop(until: now.milliseconds) {
            orders.append(Order(ask: .tell(.number(item.number), .woken)))
        }
        while orders.count < limits.batchMax, let number = toRecover.popFirst() {
            orders.append(Order(ask: .recover(number)))
        }
        return orders
    }

    /// Whether it is too early to try again what was held. A clock that was set back must not make that an hour.
    private func isHolding(_ now: Instant) -> Bool {
        now.milliseconds < heldUntil && heldUntil - now.milliseconds <= Self.storeRetry
    }

    private func turn(_ orders: [Order], _ now: Instant) {
        outlets.gauges.turned(inputs: orders.count)
        var writes: [Order] = []
        for order in orders {
            switch order.ask {
            case .probe: order.port?(probe())
            case .look(let target): answer(order, look(target), now)
            default: writes.append(order)
            }
        }
        if !writes.isEmpty { write(writes, now) }
    }

    private func write(_ writes: [Order], _ now: Instant) {
        do throws(StoreError) {
            finish(writes, try writer.commit(writes, at: now), now)
            outlets.gauges.committed()
            heldUntil = now.milliseconds
        } catch {
            failed(writes, error, now)
        }
    }

    /// After the commit, and never before it: calls leave, answers go out, timers are kept.
    private func finish(_ orders: [Order], _ result: Writer.AfterCommit, _ now: Instant) {
        outlets.dispatch(result.calls)
        for (order, result) in zip(orders, result.results) { answer(order, result, now) }
        for entry in result.changed {
            if let due = entry.saga.due?.milliseconds, due <= horizon {
                dues.push(due: due, number: entry.row.id.number)
            }
            waiters.changed(entry)
        }
        outlets.observe(result.changes)
    }

    private func answer(_ order: Order, _ result: Result<Handled, EngineError>, _ now: Instant) {
        guard let port = order.port else {
            if case .failure(let error) = result {
                outlets.logger.warning("an input was put aside", metadata: ["error": "\(error)"])
            }
            return
        }
        guard case .success(let handled) = result, let wait = order.wait, !wait.goal.isReached(by: handled.entry.saga)
        else { return port(result) }
        if outlets.waitsEnded() || waiters.count >= limits.waitersMax { return port(.success(handled.givenUp)) }
        let deadline = now.milliseconds + min(max(wait.timeout, 0), limits.waitMax)
        waiters.add(handled, wait: wait, until: deadline, port: port)
    }

    /// Nothing of the batch was kept. A store that takes no writes tells commands so, and what has happened waits; a damaged page
    /// is met by some of the orders, which are found by giving each its own commit.
    private func failed(_ orders: [Order], _ error: StoreError, _ now: Instant) {
        outlets.gauges.troubled(error.message)
        if !error.concernsAll {
            if orders.count == 1 { return answer(orders[0], .failure(EngineError(error)), now) }
            for order in orders { write([order], now) }
            return
        }
        for order in orders {
            if let port = order.port { port(.failure(EngineError(error))) } else { held.append(order) }
        }
        if held.isEmpty { return }
        heldUntil = now.milliseconds + Self.storeRetry
        outlets.logger.error("the store takes no writes", metadata: ["error": "\(error.message)"])
    }

    /// Milliseconds until what happened is tried again with a store that took no writes.
    private static let storeRetry: Int64 = 1_000

    private func look(_ target: Order.Target) -> Result<Handled, EngineError> {
        do throws(EngineError) {
            return .success(Handled(verdict: .look, entry: try writer.store.reading { try writer.load(target, $0) }))
        } catch {
            return .failure(error)
        }
    }

    private func look(_ number: Int64) -> Result<Entry, EngineError> {
        look(.number(number)).map(\.entry)
    }

    private func probe() -> Result<Handled, EngineError> {
        do throws(StoreError) {
            // Only a write tells whether a store that took none takes them again.
            try writer.store.probe(writing: outlets.gauges.current.trouble != nil)
            outlets.gauges.recovered()
            heldUntil = 0
            return .failure(.probed)
        } catch {
            outlets.gauges.troubled(error.message)
            return .failure(EngineError(error))
        }
    }

    private func extendHorizon(_ now: Instant) {
        guard now.milliseconds >= extendAt else { return }
        let next = now.milliseconds + limits.horizon
        do throws(StoreError) {
            if next > horizon {
                let found = try writer.store.read { try $0.due(after: horizon, until: next) }
                for item in found { dues.push(due: item.due, number: item.number) }
                horizon = next
            }
            extendAt = horizon - limits.horizon / 2
        } catch {
            extendAt = now.milliseconds + Self.storeRetry
            outlets.gauges.troubled(error.message)
            outlets.logger.error("the store's timers cannot be read", metadata: ["error": "\(error.message)"])
        }
    }

    /// Milliseconds for which there is nothing to do, unless something comes.
    private func idleTime(_ now: Instant) -> Int64 {
        var next = extendAt
        // While what happened is held, no timer fires.
        for other in [held.isEmpty ? dues.first?.due : heldUntil, waiters.nextDeadline] {
            if let other { next = min(next, other) }
        }
        return max(0, next - now.milliseconds)
    }
}
