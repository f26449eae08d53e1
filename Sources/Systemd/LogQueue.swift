import Dispatch
import Foundation
import Synchronization

/// A bounded queue of what is logged and the one thread that writes it.
///
/// The thread is its own and not one of Dispatch's: those also run Swift's tasks, and journald's socket blocks when journald is slow, as
/// standard error does when it is a pipe that nobody reads.
final class LogQueue<Entry: Sendable>: Sendable {
    private struct State {
        var capacity: Int
        var waiting: [Entry] = []
        var isSending = false
        var dropped = 0
        /// How many of `dropped` the log has been told.
        var reported = 0
        var flushers: [DispatchSemaphore] = []
    }

    private let send: @Sendable ([Entry]) -> Void
    private let report: @Sendable (_ after: Entry, _ lost: Int) -> Entry
    private let state: Mutex<State>
    private let filled = DispatchSemaphore(value: 0)

    /// A queue of `capacity` entries at most.
    ///
    /// - Parameters:
    ///   - report: says that entries were lost, for the place behind an entry.
    ///   - send: what has gathered, in order. It may block, and is called from one thread.
    init(
        capacity: Int, report: @escaping @Sendable (_ after: Entry, _ lost: Int) -> Entry,
        send: @escaping @Sendable ([Entry]) -> Void
    ) {
        state = Mutex(State(capacity: capacity))
        self.report = report
        self.send = send
        let thread = Thread { [filled, weak self] in
            while true {
                filled.wait()
                guard let self else { return }
                self.drain()
            }
        }
        thread.name = "log"
        thread.start()
    }

    deinit { filled.signal() }  // The thread finds nobody and ends.

    /// Entries lost because the queue was full.
    var dropped: Int { state.withLock { $0.dropped } }

    /// Lets more or fewer entries wait from now on; those that wait already go on waiting.
    func limit(entries: Int) {
        state.withLock { $0.capacity = entries }
    }

    /// Queues the entry, or drops and counts it.
    func append(_ entry: Entry) {
        let wakes = state.withLock { state in
            guard state.waiting.count < state.capacity else {
                state.dropped += 1
                return false
            }
            state.waiting.append(entry)
            return state.waiting.count == 1 && !state.isSending
        }
        if wakes { filled.signal() }
    }

    /// Waits until everything is written, or `seconds` at most.
    func flush(seconds: Int) {
        let emptied = DispatchSemaphore(value: 0)
        let isEmpty = state.withLock { state in
            guard !state.waiting.isEmpty || state.isSending else { return true }
            state.flushers.append(emptied)
            return false
        }
        if !isEmpty { _ = emptied.wait(timeout: .now() + .seconds(seconds)) }
    }

    private func drain() {
        while let entries = takeAll() {
            send(entries)
            // Straight after what was sent: then there is room.
            if let last = entries.last, let lost = takeLost() { send([report(last, lost)]) }
        }
    }

    /// Everything that waits; nil, and the flushers go, when there is nothing.
    private func takeAll() -> [Entry]? {
        state.withLock { state in
            guard !state.waiting.isEmpty else {
                state.isSending = false
                for flusher in state.flushers { flusher.signal() }
                state.flushers = []
                return nil
            }
            state.isSending = true
            defer { state.waiting = [] }
            return state.waiting
        }
    }

    /// What the log is yet to be told about losses.
    private func takeLost() -> Int? {
        let lost = state.withLock { state in
            defer { state.reported = state.dropped }
            return state.dropped - state.reported
        }
        return lost > 0 ? lost : nil
    }
}
