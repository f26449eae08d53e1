import CSystemd
import Foundation
import Glibc
public import Logging

/// Where this process logs to.
public enum LogBackend: String, Sendable {
    /// journald's native protocol: standard error is connected to the journal.
    case journal
    /// Lines on standard error.
    case text

    /// The journal when `JOURNAL_STREAM` names the very stream that standard error is (systemd.exec(5)), else text.
    ///
    /// Its mere presence is not enough: the variable is inherited by programs whose standard error was redirected since.
    public static func detect() -> LogBackend {
        isJournal(ProcessInfo.processInfo.environment["JOURNAL_STREAM"], descriptor: STDERR_FILENO) ? .journal : .text
    }

    /// Makes every `Logger` of the process log to `backend`. Once, at the start of the program.
    ///
    /// - Parameters:
    ///   - identifier: the program's name in the journal.
    ///   - queueMax: entries that may wait for journald, or lines for standard error; more are dropped and counted.
    public static func bootstrap(
        identifier: String, level: Logger.Level, queueMax: Int = LogBackend.queueMaxDefault,
        backend: LogBackend = .detect()
    ) {
        JournalLogHandler.journald.limit(entries: queueMax)
        TextLogHandler.standardError.limit(entries: queueMax)
        LoggingSystem.bootstrap { _ in
            switch backend {
            case .journal: JournalLogHandler(identifier: identifier, level: level)
            case .text: TextLogHandler(level: level)
            }
        }
    }

    /// 16,384 entries: some 8 MiB at the size that ours have, a burst of a second and not a stall of minutes.
    public static let queueMaxDefault = 16_384

    /// Entries that were lost since the process began because nobody took them in time.
    public static var dropped: Int { JournalLogHandler.journald.dropped + TextLogHandler.standardError.dropped }

    /// Waits until all that was logged is written, or some `seconds` at most. For the end of a program, and before it writes to standard
    /// error by itself; blocks the thread.
    public static func flush(seconds: Int = 2) {
        JournalLogHandler.journald.flush(seconds: seconds)
        TextLogHandler.standardError.flush(seconds: seconds)
    }

    /// Whether `variable`, `device:inode` in decimal, is what `descriptor` is.
    static func isJournal(_ variable: String?, descriptor: Int32) -> Bool {
        guard let parts = variable?.split(separator: ":", omittingEmptySubsequences: false), parts.count == 2,
            let device = UInt64(parts[0]), let inode = UInt64(parts[1])
        else { return false }
        var facts = stat()
        guard fstat(descriptor, &facts) == 0 else { return false }
        return UInt64(facts.st_dev) == device && UInt64(facts.st_ino) == inode
    }
}
