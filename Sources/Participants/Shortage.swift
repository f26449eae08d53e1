import Glibc
import Logging
import NIOCore
import NIOPosix
import OperatorLog
import Synchronization

/// A call that could not be made because this process has no file descriptors: that says nothing about the participant.
final class Shortage: Sendable {
    static let words =
        "yogiyogid has no file descriptors left, so nothing was sent; close connections that are not used, or raise the limit "
        + "(LimitNOFILE= of the unit)"

    /// Milliseconds without one after which the next is told again.
    private static let silence: Int64 = 60_000

    private let last = Mutex<Int64?>(nil)

    /// Whether no connection came about for want of a descriptor.
    static func isCause(of error: any Error) -> Bool {
        switch error {
        case let error as IOError: isShort(error.errnoCode)
        case is CallClient.Failure: false
        case let error as NIOConnectionError where !error.connectionErrors.isEmpty:
            error.connectionErrors.contains { ($0.error as? IOError).map { isShort($0.errnoCode) } ?? false }
        // Whatever else had to be opened on the way says it in its own words: the resolver's files, a store of certificates.
        default: isProcessShort
        }
    }

    /// Whether a descriptor cannot be had now.
    private static var isProcessShort: Bool {
        let descriptor = open("/dev/null", O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return isShort(errno) }
        close(descriptor)
        return false
    }

    private static func isShort(_ code: Int32) -> Bool { code == EMFILE || code == ENFILE }

    /// Tells it once, and again when it comes back after a while.
    /// - Parameter tick: milliseconds of a clock that never jumps.
    func tell(_ words: String, at tick: Int64, _ logger: Logger) {
        let isNews = last.withLock { last in
            defer { last = tick }
            return last.map { tick - $0 >= Self.silence } ?? true
        }
        guard isNews else { return }
        var limit = rlimit()
        getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        logger.tell(.descriptorsShort, ["error": "\(words)", "limit": "\(limit.rlim_cur)"])
    }
}
