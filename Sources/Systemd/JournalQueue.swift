import CSystemd
import Glibc
import OperatorLog

/// Entries on their way to journald.
typealias JournalQueue = LogQueue<JournalEntry>

extension LogQueue where Entry == JournalEntry {
    /// A queue that says of itself what ``OperatorMessage/journalBehind`` says.
    convenience init(capacity: Int, send: @escaping @Sendable (JournalEntry) -> Void) {
        self.init(
            capacity: capacity,
            report: { last, lost in
                JournalEntry(
                    identifier: last.identifier, level: OperatorMessage.journalBehind.level,
                    message: OperatorMessage.journalBehind.text,
                    metadata: [("MESSAGE_ID", OperatorMessage.journalBehind.rawValue), ("dropped", "\(lost)")])
            }, send: { for entry in $0 { send(entry) } })
    }
}

extension JournalEntry {
    /// sd_journal_sendv(3), which passes what is too large for a datagram in a memfd.
    static func sendToJournald(_ entry: JournalEntry) {
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
