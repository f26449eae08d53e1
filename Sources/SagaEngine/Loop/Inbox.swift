import Basics
import Dispatch
import SagaCore
import Synchronization

/// What waits for the loop; bounded for commands, in number and in bytes and for each caller, open for what has happened already.
final class Inbox: Sendable {
    private struct State {
        var items: [Waiting] = []
        var urgent: [Waiting] = []
        var commands: Shares<UInt32>
        var bytes: Shares<UInt32>
        var housekeeping = 0
        /// Commands that were turned away as too many, or too much, wait.
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

    /// An item with what it has of the inbox.
    private struct Waiting {
        var item: Item
        var weight = 0
        var caller: UInt32?

        init(_ item: Item) {
            self.item = item
            guard case .order(let order) = item else { return }
            weight = order.weight
            caller = order.caller
        }
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

        /// See ``Posted/isForRunning``.
        fileprivate var isForRunning: Bool {
            if case .order(let order) = self { order.isForRunning } else { false }
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

    /// Bytes that are taken at once: of a commit and what is made for it there is more than one copy.
    static let takenBytesMax = 8 << 20

    init(commandsMax: Int, bytesMax: Int = EngineLimits().inboxBytesMax) {
        state = Mutex(State(commands: Shares(max: commandsMax), bytes: Shares(max: bytesMax)))
    }

    /// How much more signals, cancels and operators' acts may have than a maximum for starts: with a full inbox what was accepted still
    /// gets on, and that makes room.
    static func reserve(of max: Int) -> Int { max / 4 + 1 }

    /// - Throws: ``EngineError/busy(inboxMax:)`` and ``EngineError/stopping`` for commands.
    func push(_ item: Item) throws(EngineError) {
        // Weighed before the lock.
        let waiting = Waiting(item)
        let (refusal, sleeps): (EngineError?, Bool) = state.withLock { state in
            if item.isCommand, state.isClosed { return (.stopping, false) }
            if let error = Self.refusal(of: waiting, state) {
                state.refused += 1
                return (error, false)
            }
            Self.take(waiting, &state)
            if item.isUrgent { state.urgent.append(waiting) } else { state.items.append(waiting) }
            return (nil, rouse(&state))
        }
        if let refusal { throw refusal }
        if sleeps { wake.signal() }
    }

    private static func refusal(of waiting: Waiting, _ state: State) -> EngineError? {
        let item = waiting.item
        guard item.isCommand else { return nil }
        if item.isHousekeeping {
            return state.housekeeping < housekeepingMax ? nil : .busy(inboxMax: state.commands.max)
        }
        let isForRunning = item.isForRunning
        let (commands, bytes) = (state.commands, state.bytes)
        switch commands.refusal(of: 1, to: waiting.caller, reserve: isForRunning ? reserve(of: commands.max) : 0) {
        case .full: return .busy(inboxMax: commands.max)
        case .share(let caller, let max):
            return .noRoom(
                "\(commands.used(by: caller)) commands of the user \(caller) wait already, of \(max) that may")
        case nil: break
        }
        switch bytes.refusal(
            of: waiting.weight, to: waiting.caller, reserve: isForRunning ? reserve(of: bytes.max) : 0)
        {
        case .full: return .noRoom("commands of \(bytes.used) bytes wait already, of \(bytes.max) that may")
        case .share(let caller, let max):
            return .noRoom(
                "commands of the user \(caller) with \(bytes.used(by: caller)) bytes wait already, of \(max) that may")
        case nil: return nil
        }
    }

    private static func take(_ waiting: Waiting, _ state: inout State) {
        state.bytes.take(waiting.weight, of: waiting.item.isCommand ? waiting.caller : nil)
        guard waiting.item.isCommand else { return }
        if waiting.item.isHousekeeping { state.housekeeping += 1 } else { state.commands.take(1, of: waiting.caller) }
    }

    private static func giveBack(_ waiting: Waiting, _ state: inout State) {
        state.bytes.giveBack(waiting.weight, of: waiting.item.isCommand ? waiting.caller : nil)
        guard waiting.item.isCommand else { return }
        if waiting.item.isHousekeeping {
            state.housekeeping -= 1
        } else {
            state.commands.giveBack(1, of: waiting.caller)
        }
    }

    func push(_ order: Posted) throws(EngineError) { try push(.order(order)) }

    func push(_ chore: Chore) throws(EngineError) { try push(.chore(chore)) }

    /// Lets more or fewer commands wait from now on.
    func limit(commands: Int, bytes: Int) {
        state.withLock { state in
            state.commands.max = commands
            state.bytes.max = bytes
        }
    }

    /// Takes up to `max`, and up to ``takenBytesMax`` bytes but one at least, the oldest first, behind all that is urgent.
    func take(max: Int) -> [Item] {
        state.withLock { state in
            var (count, bytes) = (0, 0)
            for waiting in state.items.prefix(max) {
                bytes += waiting.weight
                if count > 0, bytes > Self.takenBytesMax { break }
                count += 1
            }
            var taken: [Waiting]
            if count == state.items.count {
                taken = state.items
                state.items = []
            } else {
                taken = Array(state.items.prefix(count))
                state.items.removeFirst(count)
            }
            if !state.urgent.isEmpty {
                taken = state.urgent + taken
                state.urgent = []
            }
            for waiting in taken { Self.giveBack(waiting, &state) }
            return taken.map(\.item)
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
        while true {
            let items = take(max: .max)
            if items.isEmpty { return }
            for item in items { item.refuse(.stopping) }
        }
    }

    var isClosed: Bool { state.withLock { $0.isClosed } }

    /// How many commands may wait.
    var commandsMax: Int { state.withLock { $0.commands.max } }

    /// Commands that were turned away as too many waited.
    var refused: Int { state.withLock { $0.refused } }

    var backlog: Int { state.withLock { $0.items.count + $0.urgent.count } }

    /// How many of the backlog are commands.
    var commands: Int { state.withLock { $0.commands.used } }

    /// Bytes that wait, and that may.
    var bytes: ByteGauge { state.withLock { ByteGauge(used: $0.bytes.used, max: $0.bytes.max) } }

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
