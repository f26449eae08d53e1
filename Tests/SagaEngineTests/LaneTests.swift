import SagaCore
import Testing

@testable import SagaEngine

@Suite struct LaneTests {
    private var lane = Lane<Int>(LaneSettings(concurrency: 2), isHeld: false)
    private var tick: Int64 = 0
    private var last: [Int: Lane<Int>.Departure] = [:]
    private var news: [String] = []

    private var moment: Lane<Int>.Moment { .init(tick: tick, now: Instant(milliseconds: 1_000 + tick)) }

    private mutating func left(_ step: Lane<Int>.Step) -> [Int] {
        for departure in step.leaving { last[departure.item] = departure }
        for item in step.news {
            switch item {
            case .opened(_, let cause): news.append("opened: \(cause)")
            case .parked(let parking):
                news.append("\(parking.calls) since \(parking.since.milliseconds): \(parking.cause)")
            case .closed(let parked): news.append("closed with \(parked)")
            }
        }
        return step.leaving.map(\.item)
    }

    /// A call of a saga of its own, whose number it is.
    private mutating func come(_ call: Int) -> [Int] {
        left(lane.callCame(call, of: Int64(call), at: moment))
    }

    private mutating func end(_ call: Int, _ health: Carried.Health = .answered) throws -> [Int] {
        let flying = last.removeValue(forKey: call)
        let departure = try #require(flying)
        return left(lane.callEnded(departure.ticket, of: departure.saga, health, at: moment))
    }

    private mutating func change(_ settings: LaneSettings) -> [Int] {
        left(lane.settingsChanged(settings, at: moment))
    }

    private mutating func pass(_ milliseconds: Int64) -> [Int] {
        tick += milliseconds
        return left(lane.timeCame(at: moment))
    }

    /// Calls 1 and 2 have opened the breaker.
    private mutating func open(concurrency: Int = 2) throws {
        let breaker = try #require(BreakerSettings(failures: 2, within: 1_000, cooldown: 500))
        lane = Lane(LaneSettings(concurrency: concurrency, breaker: breaker), isHeld: false)
        for call in 1...2 { _ = come(call) }
        for call in 1...2 { _ = try end(call, .isDown("connection refused")) }
    }

    @Test mutating func `so many leave, and the others follow in order`() throws {
        #expect((1...4).map { come($0) } == [[1], [2], [], []])
        #expect(try end(1) == [3])
        #expect(try end(2) == [4])
        #expect(try end(3) == [])
        #expect(lane.inFlight == 1 && lane.queued == 0 && lane.parking == nil)
    }

    @Test mutating func `a raised limit lets those that wait leave at once, before any new one`() throws {
        for call in 1...5 { _ = come(call) }
        #expect(change(LaneSettings(concurrency: 4)) == [3, 4])
        #expect(come(6) == [])
        #expect(try end(1) == [5])
        #expect(try end(2) == [6])
    }

    @Test mutating func `after a lowered limit nothing leaves until fewer are in flight`() throws {
        lane = Lane(LaneSettings(concurrency: 4), isHeld: false)
        for call in 1...6 { _ = come(call) }
        #expect(change(LaneSettings(concurrency: 2)) == [])
        #expect(try end(1) == [])
        #expect(try end(2) == [])
        #expect(try end(3) == [5])
        #expect(lane.inFlight == 2 && lane.queued == 1)
    }

    @Test mutating func `while it is held nothing leaves, and then all that may in their order`() {
        #expect(left(lane.hold(true, at: moment)) == [])
        for call in 1...3 { #expect(come(call) == []) }
        #expect(lane.wakesAt == nil)
        #expect(left(lane.hold(false, at: moment)) == [1, 2])
    }

    @Test mutating func `no participant can be shut off by a limit of nothing`() {
        #expect(change(LaneSettings(concurrency: 0)) == [])
        #expect(come(1) == [1])
        #expect(come(2) == [])
    }

    @Test mutating func `while the participant is away calls are parked, and one leaves after the cooldown`() throws {
        try open()
        for call in 3...5 { #expect(come(call) == []) }
        #expect(lane.parking == Parking(calls: 3, since: Instant(milliseconds: 1_000), cause: "connection refused"))
        #expect(lane.wakesAt == 500)
        #expect(pass(499) == [])
        #expect(pass(1) == [3])
        // The probe says the same: another one after another cooldown.
        tick += 10
        #expect(try end(3, .isDown("no route")) == [])
        #expect(lane.parking == Parking(calls: 2, since: Instant(milliseconds: 1_000), cause: "no route"))
        #expect(lane.wakesAt == 1_010)
        #expect(pass(500) == [4])
        #expect(news == ["opened: connection refused", "1 since 1000: connection refused"])
    }

    @Test mutating func `a probe that does not come back is followed by another after the cooldown`() throws {
        try open()
        for call in 3...5 { _ = come(call) }
        #expect(pass(500) == [3])
        #expect(lane.wakesAt == 1_000)
        #expect(pass(500) == [4])
    }

    @Test mutating func `after an outage a tenth leaves in the first second, and twice as many in each that follows`()
        throws
    {
        let breaker = try #require(BreakerSettings(failures: 1, within: 1_000, cooldown: 500))
        lane = Lane(LaneSettings(concurrency: 40, breaker: breaker), isHeld: false)
        _ = come(1)
        _ = try end(1, .isDown("away"))
        for call in 2...100 { _ = come(call) }
        #expect(pass(500) == [2])
        #expect(try end(2) == Array(3...6))
        // Also when they are answered at once, and whoever is new stands behind them.
        for call in 3...6 { #expect(try end(call) == []) }
        #expect(come(101) == [])
        #expect(lane.wakesAt == 1_500)
        #expect(lane.parking == nil && lane.queued == 95)
        #expect(pass(1_000) == Array(7...14))
        #expect(pass(1_000) == Array(15...30))
        #expect(news == ["opened: away", "1 since 1000: away", "10 since 1000: away", "closed with 98"])
        // Never more than there is room for: 24 are in flight.
        #expect(pass(1_000) == Array(31...46))
        #expect(lane.inFlight == 40)
        for call in 7...46 { _ = try end(call) }
        _ = pass(10_000)
        while let call = last.keys.min() { _ = try end(call) }
        #expect(lane.queued == 0)
        // Who comes now finds no queue, and no slow start.
        #expect((200..<240).flatMap { come($0) } == Array(200..<240))
    }

    @Test mutating func `whose call has failed is the probe only when nobody else waits`() throws {
        let breaker = try #require(BreakerSettings(failures: 2, within: 1_000, cooldown: 2_000))
        lane = Lane(LaneSettings(concurrency: 9, breaker: breaker), isHeld: false)
        _ = come(1)
        _ = come(2)
        _ = try end(1, .failed("500"))
        _ = try end(2, .failed("500"))
        #expect(come(1) == [] && come(2) == [])
        #expect(pass(2_000) == [])
        // It may be what is wrong with them: a second is left to others.
        #expect(lane.wakesAt == 3_000)
        #expect(come(3) == [3])
        #expect(try end(3) == [1])
        #expect(news.last == "closed with 2")
    }

    @Test mutating func `one guest's poison keeps nobody else out`() throws {
        let breaker = try #require(BreakerSettings(failures: 3, within: 60_000, cooldown: 500))
        lane = Lane(LaneSettings(concurrency: 9, breaker: breaker), isHeld: false)
        for guest in 10..<30 {
            for _ in 1...4 {
                #expect(come(1) == [1])
                _ = try end(1, .failed("500"))
                tick += 10
            }
            #expect(come(guest) == [guest])
            _ = try end(guest)
        }
        for _ in 1...20 {
            #expect(come(1) == [1])
            _ = try end(1, .failed("500"))
        }
        #expect(lane.breakerState == .closed)
    }

    @Test mutating func `a call is taken out without the others, who keep their order`() throws {
        try open()
        for call in 3...6 { _ = come(call) }
        #expect(lane.contains(4))
        #expect(lane.takeOut(of: 4) { _ in true } == [])
        #expect(lane.takeOut(of: 4) { _ in false } == [4])
        #expect(lane.takeOut(of: 3) { _ in false } == [3])
        #expect(!lane.contains(4) && lane.parking?.calls == 2)
        #expect(pass(500) == [5])
        #expect(try end(5) == [6])
        #expect(lane.takeAllOut() == [])
    }

    @Test mutating func `another address or breaker is another participant: what waited leaves, slowly`() throws {
        try open(concurrency: 20)
        for call in 3...12 { _ = come(call) }
        let breaker = BreakerSettings()
        #expect(change(LaneSettings(concurrency: 20, breaker: breaker, target: "elsewhere")) == [3, 4])
        #expect(lane.breakerState == .closed && lane.queued == 8)
        // What the old one says is nothing about the new one.
        #expect(pass(1_000) == [5, 6, 7, 8])
        #expect(change(LaneSettings(concurrency: 20, target: "elsewhere")) == [])
        #expect(lane.breakerState == nil)
    }

    @Test func `a call is found and taken out in time that does not grow with those that wait`() {
        var waiting = WaitingCalls<Int>()
        for call in 0..<100_000 { waiting.append(call, of: Int64(call)) }
        for call in (1..<100_000).reversed() { #expect(waiting.take(of: Int64(call)) { _ in false } == [call]) }
        #expect(waiting.count == 1 && waiting.popFirst()?.item == 0 && waiting.popFirst() == nil)
    }
}
