import Basics
import SagaCore
import SagaStore

/// What the loop does by itself, and when: a pure value, told the time (milliseconds of the engine's clock, which may be set back).
///
/// ```
///                 orders held ─► taken alone, before all else
///   orders postponed, timers, ─► next(at:), while it moves
///   sagas to recover, jobs          │ pause      ▲ resume: the calls that were kept back
///                                   ▼            │
///                                 nothing moves: calls are kept back
/// ```
///
/// A live saga has one entry among the timers: it moves with each commit and goes with the saga's end. Timers beyond the horizon are left
/// in the store, and read from there in time.
struct Agenda {
    /// What is to be done next.
    enum Work {
        /// What could not be written before.
        case again(Posted)
        /// A timer of a saga is due.
        case wake(Int64)
        /// A saga's call was in flight when the last process ended.
        case recover(Int64)
        /// A job's next saga has its turn.
        case work(job: Int64)
    }

    private enum Pace {
        case moving
        case paused(kept: [Call])
    }

    private struct Postponed {
        var until: Int64
        var order: Posted
    }

    private var pace: Pace
    private var timers = DueHeap()
    private var jobs = JobSchedule()
    private var toRecover: ArraySlice<Int64>
    private var held: ArraySlice<Posted> = []
    private var postponed: ArraySlice<Postponed> = []
    /// Timers up to here are in memory.
    private var horizon: Int64
    /// When the store is asked for more of them.
    private var extendAt: Int64

    /// Milliseconds after which is tried again what could not be written.
    static let retry: Int64 = 1_000

    /// - Parameters:
    ///   - found: the live sagas that are due within `span` milliseconds, as the store has them.
    ///   - jobs: the open ones.
    init(found: [(number: Int64, due: Int64)], jobs: [JobRow], isPaused: Bool, span: Int64, at now: Int64) {
        pace = isPaused ? .paused(kept: []) : .moving
        toRecover = found.filter { $0.due == SagaRow.inFlight }.map(\.number)[...]
        horizon = now + span
        extendAt = now + span / 2
        for item in found where item.due != SagaRow.inFlight { timers.set(due: item.due, for: item.number) }
        for job in jobs { self.jobs.add(job, at: now) }
    }

    /// Entries among the timers, and sagas to recover.
    var counts: (timers: Int, toRecover: Int) { (timers.count, toRecover.count) }

    var isPaused: Bool {
        if case .paused = pace { true } else { false }
    }

    /// - Parameters:
    ///   - due: of its next timer; `nil` when it has none, as when it has ended.
    ///   - isCalling: a call of it is in flight: then it stands in the store's index as that, and its timer is kept here however far it is.
    mutating func sagaChanged(_ number: Int64, due: Int64?, isCalling: Bool) {
        guard let due, due <= horizon || isCalling else { return timers.remove(number) }
        timers.set(due: due, for: number)
    }

    mutating func jobAccepted(_ job: JobRow, at now: Int64) { jobs.add(job, at: now) }

    /// The store took no writes, and what has happened must not be lost.
    mutating func storeRefused(_ order: Posted, at now: Int64) {
        if !putBack(order, until: now) { held.append(order) }
    }

    /// Before anything else is done.
    mutating func cameFirst(_ orders: [Posted]) { held = orders + held }

    /// A saga's rows could not be written, as on a damaged page: it is tried again without hindering others.
    mutating func sagaRefused(_ order: Posted, at now: Int64) {
        let until = now + Self.retry
        if !putBack(order, until: until) { postponed.append(Postponed(until: until, order: order)) }
    }

    /// A wake-up goes back among the timers. Held as it is, it might come before its time when the clock is set back meanwhile, find nothing
    /// to do, and be lost.
    private mutating func putBack(_ order: Posted, until due: Int64) -> Bool {
        guard case .tell(.number(let number), .woken) = order.ask else { return false }
        timers.set(due: due, for: number)
        return true
    }

    /// - Returns: those that may leave now.
    mutating func callsDecided(_ calls: [Call]) -> [Call] {
        guard case .paused(let kept) = pace else { return calls }
        pace = .paused(kept: kept + calls)
        return []
    }

    /// A call that was kept back and that its saga has given up is not made.
    mutating func sagaWants(_ saga: SagaID, only calls: OpenCalls) {
        guard case .paused(let kept) = pace, kept.contains(where: { $0.saga == saga }) else { return }
        pace = .paused(kept: kept.filter { $0.saga != saga || calls.attempt(token: $0.token) != nil })
    }

    /// Takes out what is kept back, though nothing moves still: the daemon goes down.
    mutating func takeKept() -> [Call] {
        guard case .paused(let kept) = pace else { return [] }
        pace = .paused(kept: [])
        return kept
    }

    /// - Returns: the calls that were kept back.
    mutating func resumed() -> [Call] {
        guard case .paused(let kept) = pace else { return [] }
        pace = .moving
        return kept
    }

    /// The timers to be read from the store, in (`after`, `until`]; `nil` while it is early.
    mutating func timersWanted(span: Int64, at now: Int64) -> (after: Int64, until: Int64)? {
        guard now >= extendAt else { return nil }
        guard now + span > horizon else {
            extendAt = horizon - span / 2
            return nil
        }
        return (horizon, now + span)
    }

    mutating func timersRead(_ found: [(number: Int64, due: Int64)], until: Int64, span: Int64) {
        for item in found { timers.set(due: item.due, for: item.number) }
        horizon = until
        extendAt = horizon - span / 2
    }

    mutating func timersUnread(at now: Int64) { extendAt = now + Self.retry }

    /// What goes before all else, and alone; at most `max`.
    mutating func takeHeld(max: Int) -> [Posted] {
        let taken = Array(held.prefix(max))
        held.removeFirst(taken.count)
        return taken
    }

    /// How much of a batch is for what is due here, however many commands come.
    func share(of batchMax: Int, at now: Int64) -> Int {
        if isPaused { return 0 }
        let next = [timers.first?.due, jobs.next].compactMap(\.self).min()
        return !toRecover.isEmpty || next.map { $0 <= now } ?? false ? max(1, batchMax / 4) : 0
    }

    /// `nil` while nothing is due, and while nothing moves.
    mutating func next(at now: Int64) -> Work? {
        if isPaused { return nil }
        if let first = postponed.first, !Self.isEarly(first.until, at: now) {
            postponed.removeFirst()
            return .again(first.order)
        }
        if let item = timers.pop(until: now) { return .wake(item.number) }
        if let number = toRecover.popFirst() { return .recover(number) }
        return jobs.take(until: now, max: 1).first.map { .work(job: $0) }
    }

    /// When it has something to do next, if nothing happens.
    /// - Parameter isHolding: nothing is decided meanwhile.
    func wakesAt(isHolding: Bool) -> Int64 {
        if isPaused || isHolding { return extendAt }
        return [extendAt, timers.first?.due, jobs.next, postponed.first?.until].compactMap(\.self).min() ?? extendAt
    }

    /// Whether it is too early to try again. A clock that was set back must not make that an hour.
    static func isEarly(_ time: Int64, at now: Int64) -> Bool { now < time && time - now <= retry }
}

extension Agenda {
    mutating func changed(_ saga: Saga) {
        sagaWants(saga.id, only: saga.openCalls)
        sagaChanged(saga.id.number, due: saga.due?.milliseconds, isCalling: saga.openCalls.isCalling)
    }
}

extension Agenda.Work {
    var order: Posted {
        switch self {
        case .again(let order): order
        case .wake(let number): Posted(ask: .tell(.number(number), .woken))
        case .recover(let number): Posted(ask: .recover(number))
        case .work(let job): Posted(ask: .work(job: job))
        }
    }
}
