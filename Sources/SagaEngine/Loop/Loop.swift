import Logging
import SagaCore
import SagaStore

/// The loop on its own thread: takes what is ready, commits it once, and only then answers and acts.
///
/// A thread and no task, as it blocks in `fsync` and on its inbox; nobody else touches what it owns.
final class Loop {
    private let inbox: Inbox
    let writer: Writer
    private let clock: any EngineClock
    private var limits: EngineLimits
    let outlets: Outlets
    private(set) var waiters: Waiters
    private(set) var dues = DueHeap()
    private var jobs = JobSchedule()
    /// Dues up to here are in memory; later ones are read from the store in time.
    private var horizon: Int64 = 0
    /// When the store is asked for more of them.
    private var extendAt: Int64 = 0
    private var lastTime: Int64 = 0
    /// Sagas whose call was in flight when the last process ended.
    private(set) var toRecover: ArraySlice<Int64> = []
    /// What happened while the store took no writes.
    private var held: ArraySlice<Posted> = []
    var heldUntil: Int64 = 0
    /// Since when the store takes no writes.
    var troubledSince: Int64?
    /// Which trouble the log was told of, and when the log was last told that one is over.
    var toldTrouble: String?
    var toldOver: Int64 = .min / 2
    /// Whether nothing moved at the last look, and what operators' acts gave to do meanwhile.
    private var wasPaused = false
    private var heldCalls: [Call] = []
    /// Before it, signals whose time is up are not looked for again.
    private var dropAt: Int64 = 0
    /// What happened to single sagas whose rows could not be written, as on a damaged page; tried again without hindering others.
    private var postponed: ArraySlice<(until: Int64, order: Posted)> = []

    /// Where the loop's results go.
    struct Outlets: Sendable {
        var dispatch: @Sendable ([Call]) -> Void
        var observe: @Sendable ([CommittedChange]) -> Void
        /// Whether waits are over: the daemon is going down.
        var waitsEnded: @Sendable () -> Bool
        var gauges: Gauges
        var logger: Logger
        /// Whether nothing moves by itself, until it says otherwise.
        var isPaused: @Sendable () -> Bool = { false }
        /// The workflows that are decided by from now on.
        var loaded: @Sendable (WorkflowSet) -> Void = { _ in }
        /// Whether calls are kept back, also those that wait for room at a participant.
        var hold: @Sendable (Bool) -> Void = { _ in }
    }

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
        try writer.tellRestored(at: clock.now())
        // In flight is due 0: the first in the index, and the first that recovery looks at.
        let found = try writer.store.read { try $0.due(after: -1, until: now + limits.horizon) }
        toRecover = found.filter { $0.due == SagaRow.inFlight }.map(\.number)[...]
        for item in found where item.due != SagaRow.inFlight { dues.push(due: item.due, number: item.number) }
        for job in try writer.store.read({ try $0.openJobs() }) { jobs.add(job, at: now) }
        let unreadable = try writer.store.read { try $0.unreadableJobs() }
        tell(unreadable: unreadable, of: "job", "jobs of operators are not worked off")
        horizon = now + limits.horizon
        extendAt = now + limits.horizon / 2
        lastTime = now
        wasPaused = outlets.isPaused()
        do throws(StoreError) {
            // Before recovery and before any command.
            held = try writer.suspicions(at: clock.now())[...]
            let unreadable = try writer.store.read { try $0.unreadableSuspects() }
            if unreadable > 0 {
                outlets.logger.warning(
                    "rows of the store do not read and are ignored",
                    metadata: ["table": "suspect", "count": "\(unreadable)"])
            }
        } catch {
            outlets.logger.warning(
                "what ended the last process is not counted", metadata: ["error": "\(error.message)"])
        }
    }

    /// Runs until the inbox is closed and what was accepted is done.
    func run() {
        while true {
            switch cycle(at: clock.now()) {
            case .worked: continue
            case .idle(let milliseconds):
                writer.phase.set(.waiting)
                inbox.wait(milliseconds: milliseconds)
            case .finished: return
            }
        }
    }

    /// What a cycle came to.
    enum Cycle: Equatable {
        /// There was a batch; there may be another at once.
        case worked
        /// There is nothing to do for so long, unless something comes to the inbox or the clock jumps.
        case idle(milliseconds: Int64)
        /// The inbox is closed and empty, and nobody waits any more.
        case finished
    }

    /// The engine's step: one batch at most, from the inbox to what follows its commit. It blocks in the store alone and asks for
    /// no time, so a simulator drives it as the thread does.
    func cycle(at now: Instant) -> Cycle {
        writer.phase.set(.reading)
        extendHorizon(now)
        goOn()
        dropEarly(now)
        waiters.expire(at: waitsEnd(now) ? .max : now.milliseconds, find: look)
        let items = nextBatch(now)
        guard items.isEmpty else {
            turn(items, now)
            return .worked
        }
        guard inbox.isClosed, inbox.backlog == 0 else { return .idle(milliseconds: idleTime(now)) }
        waiters.expire(at: .max, find: look)
        return .finished
    }

    /// Whether nobody waits any longer: when the daemon goes down, and when the clock was set back, as nobody knows then for how
    /// long they have waited. Less than a second is the clock being trimmed.
    private func waitsEnd(_ now: Instant) -> Bool {
        defer { lastTime = now.milliseconds }
        return outlets.waitsEnded() || now.milliseconds < lastTime - 1_000
    }

    private func nextBatch(_ now: Instant) -> [Inbox.Item] {
        // While the store takes no writes only looks and refusals are served; what happened waits.
        if isHolding(now) { return inbox.take(max: limits.batchMax) }
        if !held.isEmpty {
            let batch = Array(held.prefix(limits.batchMax))
            held.removeFirst(batch.count)
            return batch.map(Inbox.Item.order)
        }
        if wasPaused { return inbox.take(max: limits.batchMax) }
        // Timers and recovery have their share of a batch, however many commands come.
        let next = [dues.first?.due, jobs.next].compactMap(\.self).min()
        let hasOwn = !toRecover.isEmpty || next.map { $0 <= now.milliseconds } ?? false
        let share = hasOwn ? max(1, limits.batchMax / 4) : 0
        var orders = inbox.take(max: limits.batchMax - share)
        if inbox.isClosed, orders.isEmpty { return inbox.take(max: limits.batchMax) }
        if inbox.isClosed { return orders }
        while orders.count < limits.batchMax, let next = postponed.first, !isEarly(next.until, now) {
            postponed.removeFirst()
            orders.append(.order(next.order))
        }
        while orders.count < limits.batchMax, let item = dues.pop(until: now.milliseconds) {
            orders.append(.order(Posted(ask: .tell(.number(item.number), .woken))))
        }
        while orders.count < limits.batchMax, let number = toRecover.popFirst() {
            orders.append(.order(Posted(ask: .recover(number))))
        }
        for job in jobs.take(until: now.milliseconds, max: limits.batchMax - orders.count) {
            orders.append(.order(Posted(ask: .work(job: job))))
        }
        return orders
    }

    /// Whether it is too early to try again what was held. A clock that was set back must not make that an hour.
    private func isHolding(_ now: Instant) -> Bool { isEarly(heldUntil, now) }

    private func isEarly(_ time: Int64, _ now: Instant) -> Bool {
        now.milliseconds < time && time - now.milliseconds <= Self.storeRetry
    }

    private func turn(_ items: [Inbox.Item], _ now: Instant) {
        outlets.gauges.turned(inputs: items.count)
        var writes: [Posted] = []
        for item in items {
            switch item {
            case .chore(let chore): carryOut(chore, now)
            case .abandon(let ticket): waiters.abandon(ticket: ticket, find: look)
            case .order(let order):
                switch order.ask {
                case .look(let target): answer(order, look(target, wait: order.wait).map(Done.saga), now)
                case .rehearse(let target, let command):
                    answer(order, rehearse(target, command, now).map(Done.saga), now)
                default: writes.append(order)
                }
            }
        }
        if !writes.isEmpty { write(writes, now) }
    }

    /// All of it or nothing: what cannot be pinned in the store changes nothing.
    func load(_ load: Load) throws -> WorkflowChange {
        let before = writer.workflows
        let after = try WorkflowSet(load.workflows, in: writer.store)
        load.adopt()
        writer.load(after, cacheMax: load.limits.cacheMax)
        limits = load.limits
        inbox.limit(commands: limits.inboxMax)
        outlets.loaded(after)
        return WorkflowChange(from: before, to: after)
    }

    private func write(_ writes: [Posted], _ now: Instant) {
        do throws(StoreError) {
            committed(writes, try writer.commit(writes, at: now), now)
        } catch {
            failed(writes, error, now)
        }
    }

    /// After the commit, and never before it: calls leave, answers go out, timers are kept.
    /// - Parameter unkept: what everybody is answered, as nobody finds again what was committed.
    func finish(_ orders: [Posted], _ result: Writer.AfterCommit, _ now: Instant, unkept: EngineError? = nil) {
        writer.phase.set(.answering)
        if wasPaused { heldCalls += result.calls } else { outlets.dispatch(result.calls) }
        for (order, result) in zip(orders, result.results) {
            if case .success(.job(let row)) = result { jobs.add(row, at: now.milliseconds) }
            if let unkept, let port = order.port {
                port(.failure(unkept))
            } else {
                answer(order, result, now)
            }
        }
        for entry in result.changed {
            // While its call is in flight a saga stands in the index as that, so its timers are kept here however far they are.
            if let due = entry.saga.due?.milliseconds, due <= horizon || entry.saga.attempt != nil {
                dues.push(due: due, number: entry.row.id.number)
            }
            waiters.changed(entry, unkept: unkept)
        }
        outlets.observe(result.changes)
        for lost in result.lost { tell(of: lost) }
    }

    private func answer(_ order: Posted, _ result: Result<Done, EngineError>, _ now: Instant) {
        guard let port = order.port else {
            if case .failure(let error) = result { notDone(order, error, now) }
            return
        }
        guard case .success(.saga(let handled)) = result, let wait = order.wait, !handled.isRefused else {
            return port(result)
        }
        switch wait.goal.standing(of: handled.entry.saga) {
        case .reached: return port(result)
        case .over: return port(.success(.saga(handled.givenUp)))
        case .open: break
        }
        if outlets.waitsEnded() { return port(.success(.saga(handled.givenUp))) }
        guard waiters.count < limits.waitersMax else {
            // What a command did is told, and that nobody waited; a look did nothing and may come again.
            if case .look = order.ask { return port(.failure(.busy(inboxMax: limits.waitersMax))) }
            return port(.success(.saga(handled.givenUp)))
        }
        let deadline = now.milliseconds + min(max(wait.timeout, 0), limits.waitMax)
        waiters.add(handled, wait: wait, until: deadline, ticket: order.ticket, port: port)
    }

    /// What has happened must not be lost: when it could not be written it is tried again.
    private func notDone(_ order: Posted, _ error: EngineError, _ now: Instant) {
        if case .store = error {
            let until = now.milliseconds + Self.storeRetry
            if !putBack(order, until: until) { postponed.append((until, order)) }
        }
        outlets.logger.warning("an input was put aside", metadata: ["error": "\(error)"])
    }

    /// Nothing of the batch was kept. A store that takes no writes tells commands so, and what has happened waits; a damaged page
    /// is met by some of the orders, which are found by giving each its own commit.
    private func failed(_ orders: [Posted], _ error: StoreError, _ now: Instant) {
        if !error.concernsAll {
            if orders.count == 1 { return answer(orders[0], .failure(EngineError(error)), now) }
            for order in orders { write([order], now) }
            return
        }
        storeFailed(error, now)
        for order in orders {
            if let port = order.port {
                port(.failure(EngineError(error)))
            } else if !putBack(order, until: now.milliseconds) {
                held.append(order)
            }
        }
        if orders.allSatisfy({ $0.port != nil }) { return }
        heldUntil = now.milliseconds + Self.storeRetry
    }

    /// A wake-up that could not be written goes back among the timers. Held as it is, it might come before its time when the clock
    /// is set back meanwhile, find nothing to do, and be lost.
    private func putBack(_ order: Posted, until due: Int64) -> Bool {
        guard case .tell(.number(let number), .woken) = order.ask else { return false }
        dues.push(due: due, number: number)
        return true
    }

    /// Milliseconds until what happened is tried again with a store that took no writes.
    static let storeRetry: Int64 = 1_000

    private func look(_ target: Ask.Target) -> Result<Handled, EngineError> {
        if let entry = writer.remembered(target) { return .success(Handled(verdict: .look, entry: entry)) }
        do throws(EngineError) {
            return .success(Handled(verdict: .look, entry: try writer.store.reading { try writer.load(target, $0) }))
        } catch {
            return .failure(error)
        }
    }

    private func look(_ target: Ask.Target, wait: Wait?) -> Result<Handled, EngineError> {
        look(target).flatMap { handled in
            Result { () throws(EngineError) in
                try wait?.check(in: handled.entry.workflow)
                return handled
            }
        }
    }

    private func rehearse(
        _ target: Ask.Target, _ command: OperateCommand, _ now: Instant
    ) -> Result<Handled, EngineError> {
        do throws(EngineError) {
            return .success(try writer.store.reading { try writer.rehearse(target, command, $0, now) })
        } catch {
            return .failure(error)
        }
    }

    private func look(_ number: Int64) -> Result<Entry, EngineError> {
        look(.number(number)).map(\.entry)
    }

    /// Lets go what was held while nothing moved.
    private func goOn() {
        guard wasPaused, !outlets.isPaused() else { return }
        wasPaused = false
        outlets.dispatch(heldCalls)
        heldCalls = []
    }

    private func dropEarly(_ now: Instant) {
        guard !wasPaused, let next = writer.earlyNext, next <= now.milliseconds, dropAt <= now.milliseconds else {
            return
        }
        dropAt = now.milliseconds + Self.storeRetry
        do throws(StoreError) {
            let (lost, unreadable) = try writer.dropEarly(at: now)
            for lost in lost { tell(of: lost) }
            tell(unreadable: unreadable, of: "early_signal", "signals that came before their sagas are dropped")
        } catch {
            storeFailed(error, now)
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
            outlets.logger.error("the store's timers cannot be read", metadata: ["error": "\(error.message)"])
        }
    }

    /// Milliseconds for which there is nothing to do, unless something comes.
    private func idleTime(_ now: Instant) -> Int64 {
        var next = extendAt
        if let early = writer.earlyNext, !wasPaused { next = min(next, max(early, dropAt)) }
        // While what happened is held, no timer fires.
        let due = wasPaused ? [] : [dues.first?.due, jobs.next, postponed.first?.until]
        let own = isHolding(now) ? [heldUntil] : due
        for other in own + [waiters.nextDeadline] {
            if let other { next = min(next, other) }
        }
        return max(0, next - now.milliseconds)
    }
}
