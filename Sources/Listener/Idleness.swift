import NIOCore
import NIOHTTP1

/// Whether a connection has done nothing for too long. While a request that has come whole is being answered, it may take its time; its
/// client may not, once there is something for it to read.
///
/// One timer a connection is set and not one a request: it looks when it fires how long nothing has come and nothing was answered.
/// Whether a client reads is seen by what waits for it from one look to the next: a slow reader is kept, one that stands still goes after
/// two timeouts at most.
struct Idleness {
    enum Decision: Equatable {
        case close
        case wait(until: NIODeadline)
        /// A request is being answered: the answer sets the timer again, or that its client does not read it.
        case rest
    }

    private let timeout: TimeAmount
    private var last: NIODeadline
    private var isReading = false
    private var unanswered = 0
    /// Bytes that the client had not read at the last look; as many as can be when more was written since.
    private var unread = Int.max

    init(timeout: TimeAmount, now: NIODeadline) {
        self.timeout = timeout
        last = now
    }

    /// - Returns: when to look.
    mutating func opened(at now: NIODeadline) -> NIODeadline {
        last = now
        return now + timeout
    }

    mutating func came(_ part: HTTPServerRequestPart, at now: NIODeadline) {
        last = now
        switch part {
        case .head:
            isReading = true
            unanswered += 1
        case .body: break
        case .end: isReading = false
        }
    }

    /// - Returns: when to look, unless the timer is set already; `nil` while other requests are being answered.
    mutating func answered(at now: NIODeadline) -> NIODeadline? {
        last = now
        // The answer to bytes that are no request is one to none.
        unanswered = max(0, unanswered - 1)
        return unanswered == 0 ? now + timeout : nil
    }

    /// - Returns: when to look whether the client has read it, if it does not at once and the timer is not set already.
    mutating func wrote(at now: NIODeadline) -> NIODeadline {
        last = now
        unread = .max
        return now + timeout
    }

    /// - Parameter unread: bytes that were written and that the client has not made room for.
    mutating func timerFired(at now: NIODeadline, unread: Int) -> Decision {
        if unread > 0 {
            let isRead = unread < self.unread
            self.unread = unread
            return isRead ? .wait(until: now + timeout) : .close
        }
        if unanswered > 0, !isReading { return .rest }
        return now - last >= timeout ? .close : .wait(until: last + timeout)
    }
}
