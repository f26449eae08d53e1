public import Logging

/// Sends each event to journald's native protocol, with every metadata key as a field of its own (`journalctl SAGA_ID=…`).
///
/// Never waits: entries go to a bounded queue that one thread drains. When journald does not keep up and the queue is full, entries are
/// dropped and counted (``LogBackend/dropped``), and the count is itself logged when there is room again.
public struct JournalLogHandler: LogHandler {
    /// What every event carries.
    public var metadata: Logger.Metadata = [:]
    /// What the caller's surroundings add.
    public var metadataProvider: Logger.MetadataProvider?
    /// Events below it are dropped by the logger.
    public var logLevel: Logger.Level

    /// The queue of the process, drained to journald.
    static let journald = JournalQueue(capacity: LogBackend.queueMaxDefault, send: JournalEntry.sendToJournald)

    private let identifier: String
    private let queue: JournalQueue

    /// - Parameter identifier: the program's name, `SYSLOG_IDENTIFIER` (`journalctl -t`).
    public init(identifier: String, level: Logger.Level = .info) {
        self.init(identifier: identifier, level: level, queue: Self.journald)
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
