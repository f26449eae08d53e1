import Testing

@testable import SagaEngine

struct StoreHealthTests {
    private let full = StoreTrouble(code: "full", message: "no room")
    private let gone = StoreTrouble(code: "gone", message: "moved away")

    @Test func `a trouble is told once when it begins and once when it is over`() {
        var health = StoreHealth()
        #expect(health.trouble == nil)
        #expect(health.failed(full, at: 1_000) == [.keepCallsBack, .tellTrouble(full)])
        #expect(health.failed(full, at: 1_500) == [])
        #expect(health.trouble == full)
        #expect(health.worked(at: 4_000) == [.letCallsGo, .tellOver(code: "full", after: 3_000)])
        #expect(health.worked(at: 4_001) == [])
        #expect(health.trouble == nil)
    }

    @Test func `one that becomes another is told again, and ends as what was told last`() {
        var health = StoreHealth()
        _ = health.failed(full, at: 0)
        #expect(health.failed(gone, at: 10) == [.tellTrouble(gone)])
        #expect(health.failed(gone, at: 20) == [])
        #expect(health.worked(at: 50) == [.letCallsGo, .tellOver(code: "gone", after: 50)])
    }

    @Test func `on the edge it is told of every ten seconds at most, also when the clock is set back`() {
        var health = StoreHealth()
        _ = health.failed(full, at: 0)
        _ = health.worked(at: 100)
        #expect(health.failed(full, at: 200) == [.keepCallsBack])
        #expect(health.worked(at: 300) == [.letCallsGo])
        #expect(health.failed(full, at: 10_099) == [.keepCallsBack])
        #expect(health.failed(full, at: 10_100) == [.tellTrouble(full)])
        _ = health.worked(at: 20_000)
        #expect(health.failed(full, at: 5_000) == [.keepCallsBack, .tellTrouble(full)])
        #expect(health.worked(at: 4_000) == [.letCallsGo, .tellOver(code: "full", after: 0)])
    }

    @Test
    func `inputs that are held are tried again after a second, and at once when it works or the clock is set back`() {
        var health = StoreHealth()
        health.inputsHeld(at: 0)
        #expect(!health.isHolding(at: 0) && health.holdsUntil == nil)
        _ = health.failed(full, at: 0)
        #expect(!health.isHolding(at: 0))
        health.inputsHeld(at: 0)
        #expect(health.isHolding(at: 999) && !health.isHolding(at: 1_000))
        #expect(health.holdsUntil == 1_000)
        #expect(!health.isHolding(at: -1))
        _ = health.failed(gone, at: 500)
        #expect(health.isHolding(at: 999))
        health.inputsHeld(at: 600)
        #expect(health.isHolding(at: 1_599))
        _ = health.worked(at: 700)
        #expect(!health.isHolding(at: 701))
    }
}
