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
    ///   - queueMax: entries that may wait for journald; more are dropped and counted.
    public static func bootstrap(
        identifier: String, level: Logger.Level, queueMax: Int = JournalLogHandler.queueMaxDefault,
        backend: LogBackend = .detect()
    ) {
        JournalQueue.journald.limit(entries: queueMax)
        LoggingSystem.bootstrap { _ in
            switch backend {
            case .journal: JournalLogHandler(identifier: identifier, level: level)
            case .text: TextLogHandler(level: level)
            }
        }
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
