public import Logging

/// Sends each event to journald's native protocol, with every metadata key as a field of its own (`journalctl SAGA_ID=…`).
///
/// Never waits: entries go to a bounded queue that one thread drains. When journald does not keep up and the queue is full, entries are
/// dropped and counted (``dropped``), and the count is itself logged when there is room again.
public struct JournalLogHandler: LogHandler {
    /// What every event carries.
    public var metadata: Logger.Metadata = [:]
    /// What the caller's surroundings add.
    public var metadataProvider: Logger.MetadataProvider?
    /// Events below it are dropped by the logger.
    public var logLevel: Logger.Level

    /// Entries that were lost since the process began because journald did not keep up.
    public static var dropped: Int { JournalQueue.journald.dropped }

    /// 16,384 entries: some 8 MiB at the size that ours have, a burst of a second and not a stall of minutes.
    public static let queueMaxDefault = JournalQueue.capacityDefault

    /// Waits until journald has all that was logged, or `seconds` at most. For the end of a program; blocks the thread.
    public static func flush(seconds: Int = 2) {
        JournalQueue.journald.flush(seconds: seconds)
    }

    private let identifier: String
    private let queue: JournalQueue

    /// - Parameter identifier: the program's name, `SYSLOG_IDENTIFIER` (`journalctl -t`).
    public init(identifier: String, level: Logger.Level = .info) {
        self.init(identifier: identifier, level: level, queue: .journald)
    }

    init(identifier: String, level: Logger.Level, queue: JournalQueue) {
        self.identifier = identifier
        self.logLevel = level
        self.queue = queue
    }

    /// One item of ``metadata``.
    public subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    /// Queues the entry, or drops and counts it.
    public func log(event: LogEvent) {
        queue.append(
            JournalEntry(
                identifier: identifier, level: event.level, message: event.message.description,
                metadata: event.fields(of: self)))
    }
}
