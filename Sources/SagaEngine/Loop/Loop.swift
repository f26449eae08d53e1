import Logging
import SagaCore
import SagaStore

/// The loop on its own thread: takes what is ready, commits it once, and only then answers and acts.
///
/// A thread and no task, as it blocks in `fsync` and on its inbox; nobody else touches what it owns. What it does by itself is in its
/// ``Agenda``, and whether the store takes writes in its ``StoreHealth``: what they say is carried out here.
final class Loop {
    let inbox: Inbox
    let writer: Writer
    let clock: any EngineClock
    var limits: EngineLimits
    let outlets: Outlets
    var waiters: Waiters
    var agenda: Agenda
    var health = StoreHealth()
    var company = Company()
    private var lastTime: Int64
    /// Before it, signals whose time is up are not looked for again.
    var dropAt: Int64 = 0

    init(inbox: Inbox, writer: Writer, clock: any EngineClock, limits: EngineLimits, outlets: Outlets)
        throws(StoreError)
    {
        self.inbox = inbox
        self.writer = writer
        self.clock = clock
        self.limits = limits
        self.outlets = outlets
        waiters = Waiters(counted: { outlets.gauges.waits($0) })
        let now = clock.now().milliseconds
        lastTime = now
        try writer.tellRestored(at: clock.now())
        // In flight is due 0: the first in the index, and the first that recovery looks at.
        let found = try writer.store.read { try $0.due(after: -1, until: now + limits.horizon) }
        for item in found where item.due == SagaRow.inFlight { writer.inherited.inFlight[item.number] = .max }
        agenda = Agenda(
            found: found, jobs: try writer.store.read { try $0.openJobs() }, isPaused: outlets.isPaused(),
            span: limits.horizon, at: now)
        let unreadable = try writer.store.read { try $0.unreadableJobs() }
        outlets.logger.tell(unreadable: unreadable, of: "job", "jobs of operators are not worked off")
        lookAtSuspects(clock.now())
        tellBytes()
    }

    /// The engine's step: one batch at most, from the inbox to what follows its commit. It blocks in the store alone and asks for
    /// no time, so a simulator drives it as the thread does.
    func cycle(at now: Instant) -> Cycle {
        writer.phase.set(.reading)
        readTimers(now)
        if !outlets.isPaused(), agenda.isPaused { outlets.dispatch(agenda.resumed()) }
        dropEarly(now)
        waiters.expire(at: waitsEnd(now) ? .max : now.milliseconds, find: writer.look)
        let items = take(now)
        guard items.isEmpty else {
            turn(items, now)
            tellBytes()
            return .worked
        }
        guard inbox.isClosed, inbox.backlog == 0 else { return .idle(milliseconds: idleTime(now)) }
        if keepUnsent(now) { return .worked }
        waiters.expire(at: .max, find: writer.look)
        return .finished
    }

    /// Whether nobody waits any longer: when the daemon goes down, and when the clock was set back, as nobody knows then for how
    /// long they have waited. Less than a second is the clock being trimmed.
    private func waitsEnd(_ now: Instant) -> Bool {
        defer { lastTime = now.milliseconds }
        return outlets.waitsEnded() || now.milliseconds < lastTime - 1_000
    }

    private func take(_ now: Instant) -> [Inbox.Item] {
        let max = limits.batchMax
        // While the store takes no writes only looks and refusals are served; what happened waits.
        if health.isHolding(at: now.milliseconds) { return inbox.take(max: max) }
        let held = agenda.takeHeld(max: max)
        if !held.isEmpty { return held.map(Inbox.Item.order) }
        var items = inbox.take(max: max - agenda.share(of: max, at: now.milliseconds))
        if inbox.isClosed { return items.isEmpty ? inbox.take(max: max) : items }
        while items.count < max, let work = agenda.next(at: now.milliseconds) { items.append(.order(work.order)) }
        return items
    }

    private func turn(_ items: [Inbox.Item], _ now: Instant) {
        outlets.gauges.turned(inputs: items.count)
        var writes: [Posted] = []
        for item in items {
            switch item {
            case .order(let order) where order.ask.isRead:
                answer(order, writer.read(order.ask, wait: order.wait, at: now), now)
            case .order(let order): writes.append(order)
            case .chore(let chore): carryOut(chore, now)
            case .abandon(let ticket): waiters.abandon(ticket: ticket, find: writer.look)
            }
        }
        if !writes.isEmpty { commit(writes, now) }
    }

    func commit(_ writes: [Posted], _ now: Instant) {
        do throws(StoreError) {
            finish(writes, try writer.commit(writes, at: now), now)
            putBackWithdrawn(now)
        } catch {
            putBackWithdrawn(now)
            failed(writes, error, now)
        }
    }

    /// After the commit, and never before it: calls leave, answers go out, timers are kept.
    ///
    /// What was committed to files that lost their names meanwhile is no promise: whoever asked is told so, and no call leaves until they
    /// are back (rules 1 and 25).
    private func finish(_ orders: [Posted], _ result: Writer.AfterCommit, _ now: Instant) {
        // Before anybody is told: who was, and asks, finds it counted.
        if result.isWritten { outlets.gauges.committed() }
        var unkept: EngineError?
        do throws(StoreError) {
            try writer.store.checkFiles()
        } catch {
            // First: it keeps back the calls that are to be made now.
            storeFailed(error, now)
            unkept = EngineError(error)
        }
        writer.phase.set(.answering)
        outlets.changed(result.changed)
        outlets.dispatch(agenda.callsDecided(result.calls))
        let leaving = result.changed.filter { $0.saga.exit != nil }
        if !leaving.isEmpty { outlets.changed(leaving) }
        for (order, result) in zip(orders, result.results) { told(order, result, unkept: unkept, now) }
        for entry in result.changed {
            agenda.changed(entry.saga)
            waiters.changed(entry, unkept: unkept)
        }
        outlets.observe(result.changes)
        if result.isWritten { outlets.rang() }
        for lost in result.lost { outlets.logger.tell(of: lost) }
        if unkept == nil, result.isWritten { storeWorks(now) }
    }

    private func told(_ order: Posted, _ result: Result<Done, EngineError>, unkept: EngineError?, _ now: Instant) {
        if case .success(.job(let row)) = result { agenda.jobAccepted(row, at: now.milliseconds) }
        // A wake-up that changed nothing has taken the saga's timer from the agenda.
        if case .tell(_, .woken) = order.ask, case .success(.saga(let handled)) = result {
            let saga = handled.entry.saga
            if let due = saga.due, due > now { agenda.changed(saga) }
        }
        if let unkept, let port = order.port { port(.failure(unkept)) } else { answer(order, result, now) }
    }

    private func answer(_ order: Posted, _ result: Result<Done, EngineError>, _ now: Instant) {
        if let port = order.port {
            return waiters.answer(
                order, result, port, within: limits, isEnding: outlets.waitsEnded(), at: now.milliseconds)
        }
        guard case .failure(let error) = result else { return }
        // What has happened must not be lost: when it could not be written it is tried again.
        if case .store = error { agenda.sagaRefused(order, at: now.milliseconds) }
        outlets.logger.warning("an input was put aside", metadata: ["error": "\(error)"])
    }

    /// Nothing of the batch was kept. A store that takes no writes tells commands so, and what has happened waits; a damaged page
    /// is met by some of the orders, which are found by halving the batch until they are alone.
    private func failed(_ orders: [Posted], _ error: StoreError, _ now: Instant) {
        if !error.concernsAll {
            if orders.count == 1 { return answer(orders[0], .failure(EngineError(error)), now) }
            let half = orders.count / 2
            commit(Array(orders[..<half]), now)
            return commit(Array(orders[half...]), now)
        }
        storeFailed(error, now)
        for order in orders {
            if let port = order.port {
                port(.failure(EngineError(error)))
            } else {
                agenda.storeRefused(order, at: now.milliseconds)
            }
        }
        if orders.contains(where: { $0.port == nil }) { health.inputsHeld(at: now.milliseconds) }
    }

    /// Milliseconds for which there is nothing to do, unless something comes.
    private func idleTime(_ now: Instant) -> Int64 {
        let isHolding = health.isHolding(at: now.milliseconds)
        let early = agenda.isPaused ? nil : writer.early.next.map { max($0, dropAt) }
        let next = [
            agenda.wakesAt(isHolding: isHolding), isHolding ? health.holdsUntil : nil, early, waiters.nextDeadline,
        ].compactMap(\.self).min()
        return max(0, (next ?? now.milliseconds) - now.milliseconds)
    }
}
