import Dispatch
import SagaCore
import Synchronization

/// What waits for the loop; bounded for commands, open for what has happened already.
final class Inbox: Sendable {
    private struct State {
        var orders: [Order] = []
        var commands = 0
        var isIdle = false
        var isClosed = false
    }

    private let state = Mutex(State())
    private let wake = DispatchSemaphore(value: 0)
    private let commandsMax: Int

    init(commandsMax: Int) {
        self.commandsMax = commandsMax
    }

    /// - Throws: ``EngineError/busy(inboxMax:)`` and ``EngineError/stopping`` for commands.
    func push(_ order: Order) throws(EngineError) {
        let (refusal, sleeps): (EngineError?, Bool) = state.withLock { state in
            if order.isCommand {
                if state.isClosed { return (.stopping, false) }
                if state.commands >= commandsMax { return (.busy(inboxMax: commandsMax), false) }
                state.commands += 1
            }
            state.orders.append(order)
            return (nil, rouse(&state))
        }
        if let refusal { throw refusal }
        if sleeps { wake.signal() }
    }

    /// Takes up to `max` orders, the oldest first.
    func take(max: Int) -> [Order] {
        state.withLock { state in
            let taken: [Order]
            if state.orders.count <= max {
                taken = state.orders
                state.orders = []
            } else {
                taken = Array(state.orders.prefix(max))
                state.orders.removeFirst(max)
            }
            state.commands -= taken.count { $0.isCommand }
            return taken
        }
    }

    /// Blocks the loop until there is something to take, ``nudge()`` was called, or the time has passed.
    /// - Parameter milliseconds: `nil` waits without end.
    func wait(milliseconds: Int64?) {
        let empty = state.withLock { state in
            state.isIdle = state.orders.isEmpty && !state.isClosed
            return state.isIdle
        }
        guard empty else { return }
        if let milliseconds {
            _ = wake.wait(timeout: .now() + .milliseconds(Int(clamping: milliseconds)))
        } else {
            wake.wait()
        }
        state.withLock { $0.isIdle = false }
    }

    /// Wakes the loop to look at its clock again.
    func nudge() {
        if state.withLock({ rouse(&$0) }) { wake.signal() }
    }

    /// No command is taken from now on; what was accepted is still carried out.
    func close() {
        let sleeps = state.withLock { state in
            state.isClosed = true
            return rouse(&state)
        }
        if sleeps { wake.signal() }
    }

    var isClosed: Bool { state.withLock { $0.isClosed } }

    var backlog: Int { state.withLock { $0.orders.count } }

    /// Whether the loop sleeps and is to be woken, once the lock is free: woken under it, it would run into it.
    private func rouse(_ state: inout State) -> Bool {
        defer { state.isIdle = false }
        return state.isIdle
    }
}
