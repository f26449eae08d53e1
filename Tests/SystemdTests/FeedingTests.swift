import Testing

@testable import Systemd

/// Of 80 s, so that 20 s, 30 s and 40 s are a quarter, three eighths and a half.
struct FeedingTests {
    private static func fed(at time: Duration = .zero) -> Feeding {
        var feeding = Feeding(interval: .seconds(80), at: time)
        #expect(feeding.step(at: time, []) == [.askProof])
        #expect(feeding.step(at: time, [.proved(true)]) == [.feed])
        return feeding
    }

    @Test func `a proof is asked for at once, and then every quarter of the interval`() {
        var feeding = Self.fed()
        for second in [20, 40, 60, 80] {
            #expect(feeding.nextStep == .seconds(second))
            #expect(feeding.step(at: .seconds(second) - .nanoseconds(1), []) == [])
            #expect(feeding.step(at: .seconds(second), []) == [.askProof])
            #expect(feeding.step(at: .seconds(second + 1), [.proved(true)]) == [.feed])
        }
    }

    @Test func `a proof that takes longer than a quarter is followed by the next at once`() {
        var feeding = Self.fed()
        #expect(feeding.step(at: .seconds(20), []) == [.askProof])
        #expect(feeding.step(at: .seconds(30), []) == [.askPool])
        #expect(feeding.step(at: .seconds(39), [.poolAnswered]) == [])
        #expect(feeding.step(at: .seconds(40), []) == [.sayLate(.proofIsOut, elapsed: .seconds(40))])
        #expect(feeding.step(at: .seconds(55), [.proved(true)]) == [.feed, .askProof])
        #expect(feeding.nextStep == .seconds(65))
    }

    @Test func `a proof that hangs is not doubled, and it is told once`() {
        var feeding = Self.fed()
        #expect(feeding.step(at: .seconds(20), []) == [.askProof])
        #expect(feeding.step(at: .seconds(30), []) == [.askPool])
        #expect(feeding.step(at: .seconds(30), [.poolAnswered]) == [])
        #expect(feeding.nextStep == .seconds(40))
        #expect(feeding.step(at: .seconds(41), []) == [.sayLate(.proofIsOut, elapsed: .seconds(41))])
        #expect(feeding.nextStep == nil)
        for second in 42..<200 { #expect(feeding.step(at: .seconds(second), []) == []) }
    }

    @Test func `when not even an empty task is run, that is what hangs`() {
        var feeding = Self.fed()
        #expect(feeding.step(at: .seconds(20), []) == [.askProof])
        #expect(feeding.nextStep == .seconds(30))
        #expect(feeding.step(at: .seconds(30), []) == [.askPool])
        #expect(feeding.step(at: .seconds(40), []) == [.sayLate(.poolIsBlocked, elapsed: .seconds(40))])
        // Whatever was asked is answered once it is run again, and all is as before.
        #expect(feeding.step(at: .seconds(50), [.poolAnswered, .proved(true)]) == [.feed, .askProof])
        #expect(feeding.step(at: .seconds(60), []) == [.askPool])
        #expect(feeding.step(at: .seconds(90), [.poolAnswered]) == [.sayLate(.proofIsOut, elapsed: .seconds(40))])
    }

    @Test func `what the pool answers to an older question says nothing about now`() {
        var feeding = Self.fed()
        #expect(feeding.step(at: .seconds(20), []) == [.askProof])
        #expect(feeding.step(at: .seconds(29), [.poolAnswered]) == [])
        #expect(feeding.step(at: .seconds(30), []) == [.askPool])
        #expect(feeding.step(at: .seconds(40), []) == [.sayLate(.poolIsBlocked, elapsed: .seconds(40))])
    }

    @Test func `a thread that was kept from running says so as soon as it runs`() {
        var feeding = Self.fed()
        #expect(
            feeding.step(at: .seconds(60), []) == [.askProof, .sayLate(.notRun, elapsed: .seconds(60))])
        #expect(feeding.step(at: .seconds(61), [.proved(true)]) == [.feed])
    }

    @Test func `rule 23: a proof that proves nothing feeds nothing`() {
        var feeding = Self.fed()
        #expect(feeding.step(at: .seconds(20), []) == [.askProof])
        #expect(
            feeding.step(at: .seconds(21), [.proved(false)]) == [.sayUnfed(proven: false, elapsed: .seconds(1))])
        #expect(feeding.nextStep == .seconds(40))
        #expect(feeding.step(at: .seconds(39), []) == [])
        #expect(
            feeding.step(at: .seconds(40), []) == [.askProof, .sayLate(.unproven, elapsed: .seconds(40))])
        #expect(feeding.step(at: .seconds(41), [.proved(true)]) == [.feed])
    }

    @Test func `a proof that comes after the interval is too late`() {
        var feeding = Self.fed()
        #expect(feeding.step(at: .seconds(20), []) == [.askProof])
        #expect(
            feeding.step(at: .seconds(100), [.proved(true)]) == [
                .sayUnfed(proven: true, elapsed: .seconds(80)), .askProof,
                .sayLate(.unproven, elapsed: .seconds(100)),
            ])
    }

    @Test func `an answer that nobody waits for feeds nothing`() {
        var feeding = Self.fed()
        #expect(feeding.step(at: .seconds(1), [.proved(true)]) == [])
    }
}
