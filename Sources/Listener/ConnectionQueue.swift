import Synchronization

/// Connections between the event loops that accepted them and the one task that gives each a task of its own.
///
/// Not an `AsyncStream`: that forgets what waits in it when its reader is cancelled, and a connection that nobody handles to its end
/// traps in NIO when it is let go (`NIOAsyncWriter`: deinited without calling finish()). This one hands out everything before its end.
final class ConnectionQueue<Element: Sendable>: Sendable {
    private struct State {
        var waiting: [Element] = []
        var reader: CheckedContinuation<Element?, Never>?
        var isFinished = false
    }

    private let state = Mutex(State())

    func append(_ element: Element) {
        let reader = state.withLock { state in
            guard let reader = state.reader else {
                state.waiting.append(element)
                return nil as CheckedContinuation<Element?, Never>?
            }
            state.reader = nil
            return reader
        }
        reader?.resume(returning: element)
    }

    /// Nothing is appended from now on.
    func finish() {
        let reader = state.withLock { state in
            state.isFinished = true
            defer { state.reader = nil }
            return state.reader
        }
        reader?.resume(returning: nil)
    }

    /// The next connection, also in a task that is cancelled; `nil` when all have been handed out and it is finished. One reader.
    func next() async -> Element? {
        await withCheckedContinuation { continuation in
            let found: Element?? = state.withLock { state in
                if !state.waiting.isEmpty { return state.waiting.removeFirst() }
                if state.isFinished { return .some(nil) }
                state.reader = continuation
                return nil
            }
            if let found { continuation.resume(returning: found) }
        }
    }
}
