import Basics
import SagaCore
import SagaStore

/// Commands whose answer waits until their saga has got somewhere; owned by the loop, so that no change is missed.
struct Waiters {
    private struct Waiter {
        var id: Int64
        var ticket: Int64?
        var goal: WaitGoal
        var verdict: Handled.Verdict
        var port: Port<Done>
    }

    private var bySaga: [Int64: [Waiter]] = [:]
    private var sagas: [Int64: Int64] = [:]
    private var tickets: [Int64: Int64] = [:]
    /// One entry a waiter, by its id.
    private var deadlines = DueHeap()
    private var lastID: Int64 = 0
    private let counted: (Int) -> Void

    /// - Parameter counted: told the count whenever it changes, and before whoever waited is answered: they may ask for it.
    init(counted: @escaping (Int) -> Void) {
        self.counted = counted
    }

    var count: Int { sagas.count }

    /// When the next one runs out of time.
    var nextDeadline: Int64? { deadlines.first?.due }

    /// Answers an order at once, or lets it wait until its saga has got where it wants it.
    /// - Parameter isEnding: nobody waits any more.
    mutating func answer(
        _ order: Posted, _ result: Result<Done, EngineError>, _ port: @escaping Port<Done>, within limits: EngineLimits,
        isEnding: Bool, at now: Int64
    ) {
        guard case .success(.saga(let handled)) = result, let wait = order.wait, !handled.isRefused else {
            return port(result)
        }
        switch wait.goal.standing(of: handled.entry.saga) {
        case .reached: return port(result)
        case .over: return port(.success(.saga(handled.givenUp)))
        case .open: break
        }
        if isEnding { return port(.success(.saga(handled.givenUp))) }
        guard count < limits.waitersMax else {
            // What a command did is told, and that nobody waited; a look did nothing and may come again.
            if case .look = order.ask { return port(.failure(.busy(inboxMax: limits.waitersMax))) }
            return port(.success(.saga(handled.givenUp)))
        }
        let deadline = now + min(max(wait.timeout, 0), limits.waitMax)
        add(handled, wait: wait, until: deadline, ticket: order.ticket, port: port)
    }

    private mutating func add(
        _ handled: Handled, wait: Wait, until deadline: Int64, ticket: Int64?, port: @escaping Port<Done>
    ) {
        lastID += 1
        let number = handled.entry.row.id.number
        bySaga[number, default: []].append(
            Waiter(id: lastID, ticket: ticket, goal: wait.goal, verdict: handled.verdict, port: port))
        sagas[lastID] = number
        if let ticket { tickets[ticket] = lastID }
        deadlines.set(due: deadline, for: lastID)
        counted(count)
    }

    /// Answers those whose goal the saga has reached, or will not reach by itself.
    /// - Parameter unkept: what they are answered when that is not to be believed.
    mutating func changed(_ entry: Entry, unkept: EngineError? = nil) {
        let number = entry.row.id.number
        guard let waiting = bySaga[number] else { return }
        let rest = waiting.filter { waiter in
            let standing = waiter.goal.standing(of: entry.saga)
            guard standing != .open else { return true }
            forget(waiter)
            waiter.port(
                unkept.map { .failure($0) }
                    ?? .success(
                        .saga(Handled(verdict: waiter.verdict, entry: entry, reached: standing == .reached))))
            return false
        }
        bySaga[number] = rest.isEmpty ? nil : rest
    }

    /// Answers those whose time is over with where their saga is.
    mutating func expire(at now: Int64, find: (Int64) -> Result<Entry, EngineError>) {
        while let item = deadlines.pop(until: now) { giveUp(item.number, find: find) }
    }

    /// Answers the one whose sender is gone, if it waits still: nobody reads the answer, but its task ends.
    mutating func abandon(ticket: Int64, find: (Int64) -> Result<Entry, EngineError>) {
        if let id = tickets[ticket] { giveUp(id, find: find) }
    }

    private mutating func giveUp(_ id: Int64, find: (Int64) -> Result<Entry, EngineError>) {
        guard let number = sagas[id], let index = bySaga[number]?.firstIndex(where: { $0.id == id }),
            let waiter = bySaga[number]?.remove(at: index)
        else { return }
        if bySaga[number]?.isEmpty == true { bySaga[number] = nil }
        forget(waiter)
        waiter.port(find(number).map { .saga(Handled(verdict: waiter.verdict, entry: $0, reached: false)) })
    }

    private mutating func forget(_ waiter: Waiter) {
        deadlines.remove(waiter.id)
        sagas[waiter.id] = nil
        if let ticket = waiter.ticket { tickets[ticket] = nil }
        counted(count)
    }
}
