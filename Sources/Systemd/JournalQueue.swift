import CSystemd
import Dispatch
import Foundation
import Glibc
import Logging
import OperatorLog
import Synchronization

/// A bounded queue of entries and the one thread that sends them.
///
/// The thread is its own and not one of Dispatch's: those also run Swift's tasks, and the journal's socket blocks when journald is slow.
final class JournalQueue: Sendable {
    static let capacityDefault = 16_384

    /// The queue of the process, drained to journald.
    static let journald = JournalQueue(capacity: capacityDefault, send: JournalQueue.sendToJournald)

    private struct State {
        var capacity: Int
        var waiting: [JournalEntry] = []
        var isSending = false
        var dropped = 0
        /// How many of `dropped` the journal has been told.
        var reported = 0
        var flushers: [DispatchSemaphore] = []
    }

    private let send: @Sendable (JournalEntry) -> Void
    private let state: Mutex<State>
    private let filled = DispatchSemaphore(value: 0)

    /// A queue of `capacity` entries at most; `send` may block, and is called from one thread, in order.
    init(capacity: Int, send: @escaping @Sendable (JournalEntry) -> Void) {
        state = Mutex(State(capacity: capacity))
        self.send = send
        Thread.detachNewThread { [filled, weak self] in
            while true {
                filled.wait()
                guard let self else { return }
                self.drain()
            }
        }
    }

    deinit { filled.signal() }  // The thread finds nobody and ends.

    /// Entries lost because the queue was full.
    var dropped: Int { state.withLock { $0.dropped } }

    /// Lets more or fewer entries wait from now on; those that wait already go on waiting.
    func limit(entries: Int) {
        state.withLock { $0.capacity = entries }
    }

    func append(_ entry: JournalEntry) {
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
            for entry in entries { send(entry) }
            if let last = entries.last, let report = takeReport(identifier: last.identifier) { send(report) }
        }
    }

    /// Everything that waits; nil, and the flushers go, when there is nothing.
    private func takeAll() -> [JournalEntry]? {
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

    /// What the journal is yet to be told about losses, sent straight after what was sent: then there is room.
    private func takeReport(identifier: String) -> JournalEntry? {
        let lost = state.withLock { state in
            defer { state.reported = state.dropped }
            return state.dropped - state.reported
        }
        guard lost > 0 else { return nil }
        return JournalEntry(
            identifier: identifier, level: OperatorMessage.journalBehind.level,
            message: OperatorMessage.journalBehind.text,
            metadata: [("MESSAGE_ID", OperatorMessage.journalBehind.rawValue), ("dropped", "\(lost)")])
    }

    /// sd_journal_sendv(3), which passes what is too large for a datagram in a memfd.
    private static func sendToJournald(_ entry: JournalEntry) {
        let texts = entry.fields.map { Array("\($0.name)=\($0.value)".utf8) }
        let bytes = texts.reduce(0) { $0 + $1.count }
        // One flat copy, so that every vector points into memory that stays where it is.
        withUnsafeTemporaryAllocation(byteCount: max(bytes, 1), alignment: 1) { memory in
            var vectors: [iovec] = []
            var offset = 0
            for text in texts {
                let part = UnsafeMutableRawBufferPointer(rebasing: memory[offset..<offset + text.count])
                part.copyBytes(from: text)
                vectors.append(iovec(iov_base: part.baseAddress, iov_len: part.count))
                offset += text.count
            }
            _ = sd_journal_sendv(vectors, Int32(vectors.count))
        }
    }
}
