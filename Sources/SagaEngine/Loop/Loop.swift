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
    private var dues = DueHeap()
    /// Dues up to here are in memory; later ones are read from the store in time.
    private var horizon: Int64 = 0
    /// Sagas whose call was in flight when the last process ended.
    private var toRecover: ArraySlice<Int64> = []
    /// What happened while the store took no writes.
    private var held: [Order] = []
    private var heldUntil: Int64?

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
    }

    /// Runs until the inbox is closed and what was accepted is done.
    func run() {
        while true {
            let now = clock.now()
            extendHorizon(now)
            waiters.expire(at: outlets.waitsEnded() ? .max : now.milliseconds, find: look)
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

    private func nextBatch(_ now: Instant) -> [Order] {
        if let until = heldUntil {
            // While the store takes no writes only looks and refusals are served; what happened waits.
            guard now.milliseconds >= until else { return inbox.take(max: limits.batchMax) }
            heldUntil = nil
            defer { held = [] }
            return held
        }
        var orders = inbox.take(max: limits.batchMax)
        if inbox.isClosed { return orders }
        while orders.count < limits.batchMax, let item = dues.pop(until: now.milliseconds) {
            orders.append(Order(ask: .tell(.number(item.number), .woken)))
        }
        while orders.count < limits.batchMax, let number = toRecover.popFirst() {
            orders.append(Order(ask: .recover(number)))
        }
        return orders
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
        guard !writes.isEmpty else { return }
        do throws(StoreError) {
            finish(writes, try writer.commit(writes, at: now), now)
            outlets.gauges.committed()
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
        guard case .success(let handled) = result, let wait = order.wait, !wait.goal.isReached(by: handled.entry.saga),
            waiters.count < limits.waitersMax
        else { return port(result) }
        if outlets.waitsEnded() { return port(.success(handled.givenUp)) }
        let deadline = now.milliseconds + min(max(wait.timeout, 0), limits.waitMax)
        waiters.add(handled, wait: wait, until: deadline, port: port)
    }

    /// Nothing of the batch was kept. A store that takes no writes fails them all alike; anything else is the fault of one,
    /// which is found by giving each its own commit.
    private func failed(_ orders: [Order], _ error: StoreError, _ now: Instant) {
        if orders.count > 1, ![.full, .readOnly, .io, .locked].contains(error.code) {
            for order in orders { turn([order], now) }
            return
        }
        outlets.gauges.troubled(error.message)
        for order in orders {
            if let port = order.port {
                port(.failure(.store(code: error.code.rawValue, message: error.message)))
            } else if error.code != .unreadable {
                held.append(order)
            }
        }
        if held.isEmpty { return }
        heldUntil = now.milliseconds + Self.storeRetry
        outlets.logger.error("the store takes no writes", metadata: ["error": "\(error.message)"])
    }

    /// Milliseconds until what happened is tried again with a store that took no writes.
    private static let storeRetry: Int64 = 1_000

    private func look(_ target: Order.Target) -> Result<Handled, EngineError> {
        if let entry = writer.remembered(target) { return .success(Handled(verdict: .look, entry: entry)) }
        let entry = Result { try writer.store.read { reading in try writer.load(target, reading) } }
        return entry.map { Handled(verdict: .look, entry: $0) }.mapError { Self.engineError($0) }
    }

    private func look(_ number: Int64) -> Result<Entry, EngineError> {
        look(.number(number)).map(\.entry)
    }

    private func probe() -> Result<Handled, EngineError> {
        do {
            try writer.store.probe()
            outlets.gauges.recovered()
            return .failure(.probed)
        } catch {
            outlets.gauges.troubled("\(error)")
            return .failure(Self.engineError(error))
        }
    }

    static func engineError(_ error: any Error) -> EngineError {
        switch error {
        case let error as EngineError: error
        case let error as StoreError: .store(code: error.code.rawValue, message: error.message)
        default: .store(code: "io", message: "\(error)")
        }
    }

    private func extendHorizon(_ now: Instant) {
        let half = limits.horizon / 2
        guard now.milliseconds + half >= horizon else { return }
        let next = now.milliseconds + limits.horizon
        guard next > horizon, let found = try? writer.store.read({ try $0.due(after: horizon, until: next) }) else {
            return
        }
        for item in found { dues.push(due: item.due, number: item.number) }
        horizon = next
    }

    /// Milliseconds for which there is nothing to do, unless something comes.
    private func idleTime(_ now: Instant) -> Int64? {
        var next = horizon - limits.horizon / 2
        for other in [dues.first?.due, waiters.nextDeadline, heldUntil] {
            if let other { next = min(next, other) }
        }
        return max(0, next - now.milliseconds)
    }
}
