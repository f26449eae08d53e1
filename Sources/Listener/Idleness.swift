import NIOCore
import NIOHTTP1

/// Whether a connection has done nothing for too long. While a request that has come whole is being answered, it may take its time.
///
/// One timer a connection is set and not one a request: it looks when it fires how long nothing has come and nothing was answered.
struct Idleness {
    enum Decision: Equatable {
        case close
        case wait(until: NIODeadline)
        /// A request is being answered: the answer sets the timer again.
        case rest
    }

    private let timeout: TimeAmount
    private var last: NIODeadline
    private var isReading = false
    private var unanswered = 0

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

    mutating func timerFired(at now: NIODeadline) -> Decision {
        if unanswered > 0, !isReading { return .rest }
        return now - last >= timeout ? .close : .wait(until: last + timeout)
    }
}
