import Glibc
public import Logging

/// Writes each event as one line of text: `2026-11-24T03:50:44.123Z info  started saga=0193… state=Paying`.
///
/// Keys are the journal's in lower case without the prefix `SAGA_` (`SAGA_ID` is `saga`); `MESSAGE_ID` is left out. Whole lines
/// in each write(2), and no more than a pipe takes at once, so that lines of several processes do not mix. Never waits, as ``JournalLogHandler`` never does: a pipe that nobody reads
/// costs lines and not the engine's time.
public struct TextLogHandler: LogHandler {
    /// What every event carries.
    public var metadata: Logger.Metadata = [:]
    /// What the caller's surroundings add.
    public var metadataProvider: Logger.MetadataProvider?
    /// Events below it are dropped by the logger.
    public var logLevel: Logger.Level

    /// The queue of the process, drained to standard error.
    static let standardError = queue(capacity: LogBackend.queueMaxDefault) { write(STDERR_FILENO, $0) }

    private let queue: LogQueue<[UInt8]>
    private let now: @Sendable () -> timespec

    /// Writes to standard error.
    public init(level: Logger.Level = .info) {
        self.init(level: level, queue: Self.standardError)
    }

    init(level: Logger.Level, queue: LogQueue<[UInt8]>, now: @escaping @Sendable () -> timespec = Self.wallClock) {
        self.logLevel = level
        self.queue = queue
        self.now = now
    }

    /// A queue of lines that says itself when some were lost.
    static func queue(
        capacity: Int, now: @escaping @Sendable () -> timespec = wallClock, send: @escaping @Sendable ([UInt8]) -> Void
    ) -> LogQueue<[UInt8]> {
        LogQueue(
            capacity: capacity,
            report: { _, lost in
                Array("\(timestamp(now())) warning lines were dropped, as nobody read them dropped=\(lost)\n".utf8)
            }, send: { for part in Self.parts($0) { send(part) } })
    }

    /// What is written at once, whole lines each: as many as go into a pipe without another process's between them (pipe(7), `PIPE_BUF`),
    /// one at least.
    static func parts(_ lines: [[UInt8]]) -> [[UInt8]] {
        var parts: [[UInt8]] = []
        for line in lines {
            if let last = parts.indices.last, parts[last].count + line.count <= Int(PIPE_BUF) {
                parts[last] += line
            } else {
                parts.append(line)
            }
        }
        return parts
    }

    /// One item of ``metadata``.
    public subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    /// Queues the line, or drops and counts it.
    public func log(event: LogEvent) {
        queue.append(Array(line(event).utf8))
    }

    /// What cannot be written is lost, for there is nowhere else to say it.
    static func write(_ descriptor: Int32, _ line: [UInt8]) {
        _ = Glibc.write(descriptor, line, line.count)
    }

    func line(_ event: LogEvent) -> String {
        let level = event.level.rawValue
        var line = Self.timestamp(now()) + " " + level + String(repeating: " ", count: max(1, 6 - level.count))
        line += Self.onOneLine(event.message.description)
        for (key, value) in event.fields(of: self).map({ (Self.key($0), $1) }).sorted(by: Self.precedes)
        where key != "message_id" {
            line += " " + key + "=" + Self.quotedIfNeeded(value)
        }
        return line + "\n"
    }

    /// The saga first, for it is what a reader looks for; the others by name.
    private static func precedes(_ left: (key: String, value: String), _ right: (key: String, value: String)) -> Bool {
        if left.key == "saga" || right.key == "saga" { return left.key == "saga" && right.key != "saga" }
        return left.key < right.key
    }

    private static func key(_ name: String) -> String {
        let field = name.lowercased()
        if field == "saga_id" { return "saga" }
        return field.hasPrefix("saga_") ? String(field.dropFirst("saga_".count)) : field
    }

    private static func quotedIfNeeded(_ value: String) -> String {
        let isPlain = value.utf8.allSatisfy {
            $0 > 0x20 && $0 != 0x7f && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "=")
        }
        guard value.isEmpty || !isPlain else { return value }
        let escaped = onOneLine(value.replacing("\\", with: "\\\\").replacing("\"", with: "\\\""))
        return "\"" + escaped + "\""
    }

    /// A line break or another control character must not forge a second line.
    private static func onOneLine(_ text: String) -> String {
        // By bytes, as nearly every text has none: beyond ASCII, control characters begin with 0xC2 in UTF-8 (U+0080 to U+009F).
        guard text.utf8.contains(where: { $0 < 0x20 || $0 == 0x7f || $0 == 0xc2 }) else { return text }
        var line = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\n": line += "\\n"
            case "\r": line += "\\r"
            case "\t": line += "\\t"
            case _ where scalar.properties.generalCategory == .control:
                line += "\\u{\(String(scalar.value, radix: 16))}"
            default: line.unicodeScalars.append(scalar)
            }
        }
        return line
    }

    /// RFC 3339, UTC, milliseconds.
    private static func timestamp(_ time: timespec) -> String {
        var seconds = time.tv_sec
        var parts = tm()
        gmtime_r(&seconds, &parts)
        var text = [CChar](repeating: 0, count: 32)
        let length = strftime(&text, text.count, "%Y-%m-%dT%H:%M:%S.", &parts)
        let milliseconds = String(1_000 + time.tv_nsec / 1_000_000).dropFirst()
        return String(decoding: text.prefix(length).map(UInt8.init(bitPattern:)), as: UTF8.self) + milliseconds + "Z"
    }

    static func wallClock() -> timespec {
        var now = timespec()
        clock_gettime(CLOCK_REALTIME, &now)
        return now
    }
}
