import SagaCore

/// What is done for one receiver, and in which order.
///
/// ```
///   making ──► reading ──batch──► sending ──2xx──► reading …
///      ▲          ▲ └─nothing: waits for commits      │ 410
///      │          └──────────── 2xx ──────────────────┤
///      └ its consumer is gone                         ▼
///                                                   gone (until a reload)
/// ```
///
/// What fails waits for its backoff in the state that it is in, which has the trouble: it began once, and is told once. A batch that was
/// not taken is sent again as it was. Only a 2xx ends a trouble of the receiver; one of our own store ends when that does what it is asked.
enum Delivery: Sendable, Hashable {
    case making(Trouble?)
    case reading(Trouble?)
    case sending(Trouble?)
    case gone(Trouble)

    struct Trouble: Sendable, Hashable {
        var since: Instant
        /// In the last failure's own words.
        var error: String
        /// How often it has failed.
        var tries: Int
    }

    /// What came of a post.
    enum Ending: Sendable, Hashable {
        case taken
        case refused(status: Int, retryAfter: Int64?, words: String)
        case failed(String)
    }

    /// What is to be done.
    enum Action: Sendable, Hashable {
        case make, read, send
        case awaitNews
        /// What happens then is what is due in the state.
        case wait(milliseconds: Int64)
        case tellParked(Trouble)
        case tellBack(Trouble)
        /// Nothing any more.
        case stop
    }

    /// The first wait, which doubles until the longest.
    static let backoffMin: Int64 = 1_000
    static let backoffMax: Int64 = 300_000
    /// What a receiver may ask for.
    static let retryAfterMax: Int64 = 3_600_000

    init() { self = .making(nil) }

    var trouble: Trouble? {
        switch self {
        case .making(let trouble), .reading(let trouble), .sending(let trouble): trouble
        case .gone(let trouble): trouble
        }
    }

    /// What is due in this state.
    var due: Action {
        switch self {
        case .making: .make
        case .reading: .read
        case .sending: .send
        case .gone: .stop
        }
    }

    /// The consumer is there.
    mutating func made() -> [Action] {
        let over = trouble.map { [Action.tellBack($0)] } ?? []
        self = .reading(nil)
        return over + [.read]
    }

    /// The consumer is not there any more.
    mutating func lost() -> [Action] {
        self = .making(trouble)
        return [.make]
    }

    /// There is something to be sent.
    mutating func found() -> [Action] {
        self = .sending(trouble)
        return [.send]
    }

    /// There was nothing.
    /// - Parameter isEnd: whether there is nothing behind what was read either.
    mutating func foundNothing(isEnd: Bool) -> [Action] {
        self = .reading(trouble)
        return [isEnd ? .awaitNews : .read]
    }

    /// What was to be sent is not what follows any more: the consumer was moved.
    mutating func moved() -> [Action] {
        self = .reading(trouble)
        return [.read]
    }

    mutating func ended(_ ending: Ending, at now: Instant) -> [Action] {
        switch ending {
        case .taken:
            let over = trouble.map { [Action.tellBack($0)] } ?? []
            self = .reading(nil)
            return over + [.read]
        case .refused(410, _, let words):
            let trouble = Trouble(since: trouble?.since ?? now, error: words, tries: (trouble?.tries ?? 0) + 1)
            self = .gone(trouble)
            // Told also when it was parked before: that it is for good is news.
            return [.tellParked(trouble), .stop]
        case .refused(_, let retryAfter, let words):
            return failed(words, at: now, atLeast: min(max(0, retryAfter ?? 0), Self.retryAfterMax))
        case .failed(let words): return failed(words, at: now)
        }
    }

    /// Whatever was tried in this state did not succeed.
    mutating func failed(_ error: String, at now: Instant, atLeast: Int64 = 0) -> [Action] {
        let before = trouble
        let trouble = Trouble(since: before?.since ?? now, error: error, tries: min((before?.tries ?? 0) + 1, 1_000))
        switch self {
        case .making: self = .making(trouble)
        case .reading: self = .reading(trouble)
        case .sending: self = .sending(trouble)
        case .gone: return [.stop]
        }
        let doubled = Self.backoffMin << Int64(min(trouble.tries - 1, 20))
        let wait = Action.wait(milliseconds: max(min(doubled, Self.backoffMax), atLeast))
        return before == nil ? [.tellParked(trouble), wait] : [wait]
    }
}
