import Testing

@testable import SagaEngine

@Suite("Breaker")
struct BreakerTests {
    private var breaker: Breaker
    private var callers = 0

    init() throws {
        breaker = Breaker(try #require(BreakerSettings(failures: 3, within: 1_000, cooldown: 500)))
    }

    /// - Parameter caller: somebody else each time, unless it is said.
    private mutating func send(at now: Int64, by caller: Int? = nil) throws -> Breaker.Ticket {
        callers += 1
        guard case .send(let ticket) = breaker.callAsked(by: caller ?? callers, at: now) else {
            Issue.record("refused at \(now)")
            throw CancellationError()
        }
        return ticket
    }

    @discardableResult
    private mutating func fail(at now: Int64, by caller: Int? = nil) throws -> Breaker.Change? {
        let ticket = try send(at: now, by: caller)
        return breaker.callFailed(ticket, by: caller ?? callers, at: now)
    }

    private mutating func open() throws {
        for now in Int64(1)...3 { try fail(at: now) }
        try #require(breaker.state == .open)
    }

    @Test mutating func `the last of so many failures in a row opens it`() throws {
        #expect(try fail(at: 0) == nil)
        #expect(try fail(at: 1) == nil)
        #expect(breaker.state == .closed)
        #expect(try fail(at: 2) == .opened)
        #expect(breaker.state == .open)
    }

    @Test mutating func `failures out of the window are forgotten`() throws {
        try fail(at: 0)
        try fail(at: 1)
        #expect(try fail(at: 1_001) == nil)
        #expect(try fail(at: 1_001) == .opened)
    }

    @Test mutating func `an answer in between starts the count anew`() throws {
        try fail(at: 0)
        try fail(at: 1)
        #expect(breaker.callAnswered(try send(at: 2)) == nil)
        try fail(at: 3)
        #expect(try fail(at: 4) == nil)
        #expect(breaker.state == .closed)
    }

    @Test mutating func `while open it tells how long it stays so`() throws {
        try open()
        #expect(breaker.callAsked(by: 0, at: 3) == .refuse(retryAfter: 500))
        #expect(breaker.callAsked(by: 0, at: 502) == .refuse(retryAfter: 1))
        #expect(breaker.state == .open)
    }

    @Test mutating func `after the cooldown one call is let through and its answer closes`() throws {
        try open()
        let probe = try send(at: 503)
        #expect(breaker.state == .halfOpen)
        #expect(breaker.callAsked(by: 0, at: 504) == .refuse(retryAfter: 499))
        #expect(breaker.callAnswered(probe) == .closed)
        #expect(breaker.state == .closed)
        _ = try send(at: 505)
    }

    @Test mutating func `a probe that fails opens it again without a word`() throws {
        try open()
        #expect(breaker.callFailed(try send(at: 503), by: 0, at: 600) == nil)
        #expect(breaker.state == .open)
        #expect(breaker.callAsked(by: 0, at: 1_099) == .refuse(retryAfter: 1))
        _ = try send(at: 1_100)
    }

    @Test mutating func `a probe that does not come back is followed by another after the cooldown`() throws {
        try open()
        let lost = try send(at: 503)
        #expect(breaker.callAsked(by: 0, at: 1_002) == .refuse(retryAfter: 1))
        let probe = try send(at: 1_003)
        #expect(breaker.callFailed(lost, by: 0, at: 1_004) == nil)
        #expect(breaker.state == .halfOpen)
        #expect(breaker.callAnswered(probe) == .closed)
    }

    @Test mutating func `the late answer of a probe closes it also when it is open again`() throws {
        try open()
        let late = try send(at: 503)
        #expect(breaker.callFailed(try send(at: 1_003), by: 0, at: 1_004) == nil)
        #expect(breaker.state == .open)
        #expect(breaker.callAnswered(late) == .closed)
    }

    @Test mutating func `what was sent before it opened changes nothing afterwards`() throws {
        let before = try (0..<6).map { _ in try send(at: 0) }
        try open()
        #expect(breaker.callAnswered(before[0]) == nil)
        #expect(breaker.callFailed(before[1], by: 0, at: 10) == nil)
        #expect(breaker.callAsked(by: 0, at: 502) == .refuse(retryAfter: 1))
        #expect(breaker.callAnswered(try send(at: 503)) == .closed)
        for ticket in before[2...] { #expect(breaker.callFailed(ticket, by: 0, at: 600) == nil) }
        #expect(breaker.state == .closed)
    }

    @Test mutating func `a probe that is given up makes the next call a probe`() throws {
        try open()
        breaker.callAbandoned(try send(at: 503), at: 504)
        #expect(breaker.state == .halfOpen)
        #expect(breaker.callAnswered(try send(at: 504)) == .closed)
    }

    @Test mutating func `who is refused by a long probe comes back within a second`() throws {
        breaker = Breaker(try #require(BreakerSettings(failures: 1, within: 1_000, cooldown: 10_000)))
        try fail(at: 0)
        _ = try send(at: 10_000)
        #expect(breaker.callAsked(by: 0, at: 10_001) == .refuse(retryAfter: 1_000))
        #expect(breaker.callAsked(by: 0, at: 19_999) == .refuse(retryAfter: 1))
    }

    @Test mutating func `one caller's failures count once, however many and however late they are`() throws {
        for now in Int64(0)...20 { #expect(try fail(at: now, by: 7) == nil) }
        #expect(try fail(at: 900, by: 8) == nil)
        #expect(try fail(at: 1_010, by: 7) == nil)
        #expect(breaker.state == .closed)
        #expect(try fail(at: 1_020, by: 9) == .opened)
    }

    @Test mutating func `what no call can be the cause of counts each time`() throws {
        for now in Int64(0)...1 { #expect(breaker.callFailed(try send(at: now, by: 7), by: nil, at: now) == nil) }
        #expect(breaker.callFailed(try send(at: 2, by: 7), by: nil, at: 2) == .opened)
    }

    @Test mutating func `who has failed is no probe while another may come, and is one when nobody does`() throws {
        for now in Int64(1)...3 { try fail(at: now, by: Int(now)) }
        #expect(breaker.callAsked(by: 1, at: 503) == .refuse(retryAfter: 500))
        let probe = try send(at: 504, by: 4)
        #expect(breaker.callFailed(probe, by: 4, at: 505) == nil)
        for caller in 1...4 { #expect(breaker.callAsked(by: caller, at: 1_005) == .refuse(retryAfter: 500)) }
        let last = try send(at: 1_505, by: 4)
        #expect(breaker.callAnswered(last) == .closed)
        // What failed before it was closed is forgotten.
        #expect(try fail(at: 1_506, by: 1) == nil)
    }

    @Test mutating func `a poisoned caller that comes first each time keeps nobody out`() throws {
        for now in Int64(1)...3 { try fail(at: now, by: Int(now)) }
        var healthy = 0
        for now in stride(from: Int64(503), to: 2_000, by: 10) where healthy == 0 {
            for poisoned in 1...3 {
                guard case .send(let ticket) = breaker.callAsked(by: poisoned, at: now) else { continue }
                _ = breaker.callFailed(ticket, by: poisoned, at: now)
            }
            if case .send(let ticket) = breaker.callAsked(by: 10, at: now) {
                #expect(breaker.callAnswered(ticket) == .closed)
                healthy += 1
            }
        }
        #expect(healthy == 1)
    }
}
