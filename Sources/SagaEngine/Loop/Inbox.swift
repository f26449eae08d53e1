import Dispatch
import SagaCore
import Synchronization

/// What waits for the loop; bounded for commands, open for what has happened already.
final class Inbox: Sendable {
    private struct State {
        var items: [Item] = []
        var urgent: [Item] = []
        var commands = 0
        var commandsMax: Int
        /// Commands that were turned away as too many wait.
        var refused = 0
        var sleep = Sleep.none
        /// Told to look at its clock since it last waited.
        var isNudged = false
        var isClosed = false
    }

    /// What the loop is woken for.
    private enum Sleep {
        /// It is at work, and looks by itself.
        case none
        case anything
        /// As many as that wait, or something that does not bear to.
        case company(Int)
    }

    enum Item: Sendable {
        case order(Posted)
        case chore(Chore)
        /// Whoever waited with the ticket is gone.
        case abandon(ticket: Int64)

        /// Whether it may be turned away; what happened may not.
        var isCommand: Bool {
            switch self {
            case .order(let order): order.port != nil
            case .chore: true
            case .abandon: false
            }
        }

        var isHousekeeping: Bool {
            if case .chore(let chore) = self { chore.isHousekeeping } else { false }
        }

        var isUrgent: Bool {
            if case .chore(let chore) = self { chore.isUrgent } else { false }
        }

        fileprivate func refuse(_ error: EngineError) {
            switch self {
            case .order(let order): order.port?(.failure(error))
            case .chore(let chore): chore.refuse(error)
            case .abandon: break
            }
        }
    }

    private let state: Mutex<State>
    private let wake = DispatchSemaphore(value: 0)
    /// What the daemon itself asks that is taken above the commands' maximum: a full inbox that is worked off is progress too, and a watchdog that
    /// cannot ask would end the process under load.
    private static let housekeepingMax = 64

    init(commandsMax: Int) {
        state = Mutex(State(commandsMax: commandsMax))
    }

    /// - Throws: ``EngineError/busy(inboxMax:)`` and ``EngineError/stopping`` for commands.
    func push(_ item: Item) throws(EngineError) {
        let (refusal, sleeps): (EngineError?, Bool) = state.withLock { state in
            if item.isCommand {
                if state.isClosed { return (.stopping, false) }
                let max = state.commandsMax + (item.isHousekeeping ? Self.housekeepingMax : 0)
                if state.commands >= max {
                    state.refused += 1
                    return (.busy(inboxMax: state.commandsMax), false)
                }
                state.commands += 1
            }
            if item.isUrgent { state.urgent.append(item) } else { state.items.append(item) }
            return (nil, rouse(&state))
        }
        if let refusal { throw refusal }
        if sleeps { wake.signal() }
    }

    func push(_ order: Posted) throws(EngineError) { try push(.order(order)) }

    func push(_ chore: Chore) throws(EngineError) { try push(.chore(chore)) }

    /// Lets more or fewer commands wait from now on.
    func limit(commands: Int) {
        state.withLock { $0.commandsMax = commands }
    }

    /// Takes up to `max`, the oldest first, behind all that is urgent.
    func take(max: Int) -> [Item] {
        state.withLock { state in
            var taken: [Item]
            if state.items.count <= max {
                taken = state.items
                state.items = []
            } else {
                taken = Array(state.items.prefix(max))
                state.items.removeFirst(max)
            }
            if !state.urgent.isEmpty {
                taken = state.urgent + taken
                state.urgent = []
            }
            state.commands -= taken.count { $0.isCommand }
            return taken
        }
    }

    /// Blocks the loop until there is something to take, ``nudge()`` was called, or the time has passed.
    func wait(milliseconds: Int64) {
        let empty = state.withLock { state in
            // A nudge between the loop's look at its clock and here must not be lost.
            defer { state.isNudged = false }
            guard state.items.isEmpty, state.urgent.isEmpty, !state.isClosed, !state.isNudged else { return false }
            state.sleep = .anything
            return true
        }
        if empty { sleep(milliseconds: milliseconds) }
    }

    /// Blocks the loop until so many wait to be taken, something came that does not bear to wait, or the time has passed.
    /// - Returns: how many came meanwhile.
    func gather(_ count: Int, milliseconds: Int64) -> Int {
        let before: Int? = state.withLock { state in
            guard state.items.count < count, state.urgent.isEmpty, !state.isClosed, !state.isNudged else { return nil }
            state.sleep = .company(count)
            return state.items.count
        }
        guard let before else { return 0 }
        sleep(milliseconds: milliseconds)
        return backlog - before
    }

    private func sleep(milliseconds: Int64) {
        _ = wake.wait(timeout: .now() + .milliseconds(Int(clamping: milliseconds)))
        state.withLock { $0.sleep = .none }
    }

    /// Wakes the loop to look at its clock again.
    func nudge() {
        let sleeps = state.withLock { state in
            let sleeps = rouse(&state, whatever: true)
            state.isNudged = !sleeps
            return sleeps
        }
        if sleeps { wake.signal() }
    }

    /// No command is taken from now on; what was accepted is still carried out.
    func close() {
        let sleeps = state.withLock { state in
            state.isClosed = true
            return rouse(&state, whatever: true)
        }
        if sleeps { wake.signal() }
    }

    /// Closes, and answers what was never taken: the loop has ended, or never began.
    func refuseAll() {
        close()
        for item in take(max: .max) { item.refuse(.stopping) }
    }

    var isClosed: Bool { state.withLock { $0.isClosed } }

    /// How many commands may wait.
    var commandsMax: Int { state.withLock { $0.commandsMax } }

    /// Commands that were turned away as too many waited.
    var refused: Int { state.withLock { $0.refused } }

    var backlog: Int { state.withLock { $0.items.count + $0.urgent.count } }

    /// How many of the backlog are commands.
    var commands: Int { state.withLock { $0.commands } }

    /// Whether the loop sleeps and is to be woken, once the lock is free: woken under it, it would run into it.
    private func rouse(_ state: inout State, whatever: Bool = false) -> Bool {
        switch state.sleep {
        case .none: return false
        case .company(let count) where !whatever && state.urgent.isEmpty && state.items.count < count: return false
        case .company, .anything:
            state.sleep = .none
            return true
        }
    }
}
