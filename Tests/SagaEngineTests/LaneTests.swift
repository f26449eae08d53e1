import Testing

@testable import SagaEngine

@Suite struct LaneTests {
    private var lane = Lane<Int>(limit: 2, isHeld: false)

    @Test mutating func `so many leave, and the others follow in order`() {
        #expect((1...4).map { lane.callCame($0) } == [[1], [2], [], []])
        #expect(lane.callEnded() == [3])
        #expect(lane.callEnded() == [4])
        #expect(lane.callEnded() == [])
        #expect(lane.inFlight == 1 && lane.queued == 0)
    }

    @Test mutating func `a raised limit lets those that wait leave at once, before any new one`() {
        for call in 1...5 { _ = lane.callCame(call) }
        #expect(lane.limitChanged(to: 4) == [3, 4])
        #expect(lane.callCame(6) == [])
        #expect(lane.callEnded() == [5])
        #expect(lane.callEnded() == [6])
    }

    @Test mutating func `after a lowered limit nothing leaves until fewer are in flight`() {
        lane = Lane(limit: 4, isHeld: false)
        for call in 1...6 { _ = lane.callCame(call) }
        #expect(lane.limitChanged(to: 2) == [])
        #expect(lane.callEnded() == [])
        #expect(lane.callEnded() == [])
        #expect(lane.callEnded() == [5])
        #expect(lane.inFlight == 2 && lane.queued == 1)
    }

    @Test mutating func `while it is held nothing leaves, and then all that may in their order`() {
        #expect(lane.hold(true) == [])
        for call in 1...3 { #expect(lane.callCame(call) == []) }
        #expect(lane.hold(false) == [1, 2])
    }

    @Test mutating func `no participant can be shut off by a limit of nothing`() {
        #expect(lane.limitChanged(to: 0) == [])
        #expect(lane.callCame(1) == [1])
        #expect(lane.callCame(2) == [])
    }
}
