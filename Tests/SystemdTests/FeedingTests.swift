import Testing

@testable import Systemd

/// Of 60 s, so that 20 s, 25 s and 30 s are a third, a third and a twelfth, and a half.
struct FeedingTests {
    private static func fed(at time: Duration = .zero) -> Feeding {
        var feeding = Feeding(interval: .seconds(60), at: time)
        #expect(feeding.step(at: time, []) == [.askProof])
        #expect(feeding.step(at: time, [.proved(true)]) == [.feed])
        return feeding
    }

    @Test func `a proof is asked for at once, and then every third of the interval`() {
        var feeding = Self.fed()
        for second in [20, 40, 60, 80] {
            #expect(feeding.nextStep == .seconds(second))
            #expect(feeding.step(at: .seconds(second) - .nanoseconds(1), []) == [])
            #expect(feeding.step(at: .seconds(second), []) == [.askProof])
            #expect(feeding.step(at: .seconds(second + 1), [.proved(true)]) == [.feed])
        }
    }

    @Test func `a proof that takes longer than a third is followed by the next at once`() {
        var feeding = Self.fed()
        #expect(feeding.step(at: .seconds(20), []) == [.askProof])
        #expect(feeding.step(at: .seconds(25), []) == [.askPool])
        #expect(feeding.step(at: .seconds(29), [.poolAnswered]) == [])
        #expect(feeding.step(at: .seconds(30), []) == [.sayLate(.proofIsOut, elapsed: .seconds(30))])
        #expect(feeding.step(at: .seconds(45), [.proved(true)]) == [.feed, .askProof])
        #expect(feeding.nextStep == .seconds(50))
    }

    @Test func `a proof that hangs is not doubled, and it is told once`() {
        var feeding = Self.fed()
        #expect(feeding.step(at: .seconds(20), []) == [.askProof])
        #expect(feeding.step(at: .seconds(25), []) == [.askPool])
        #expect(feeding.step(at: .seconds(25), [.poolAnswered]) == [])
        #expect(feeding.nextStep == .seconds(30))
        #expect(feeding.step(at: .seconds(31), []) == [.sayLate(.proofIsOut, elapsed: .seconds(31))])
        #expect(feeding.nextStep == nil)
        for second in 32..<200 { #expect(feeding.step(at: .seconds(second), []) == []) }
    }

    @Test func `when not even an empty task is run, that is what hangs`() {
        var feeding = Self.fed()
        #expect(feeding.step(at: .seconds(20), []) == [.askProof])
        #expect(feeding.nextStep == .seconds(25))
        #expect(feeding.step(at: .seconds(25), []) == [.askPool])
        #expect(feeding.step(at: .seconds(30), []) == [.sayLate(.poolIsBlocked, elapsed: .seconds(30))])
        // Whatever was asked is answered once it is run again, and all is as before.
        #expect(feeding.step(at: .seconds(50), [.poolAnswered, .proved(true)]) == [.feed, .askProof])
        #expect(feeding.step(at: .seconds(55), []) == [.askPool])
        #expect(feeding.step(at: .seconds(80), [.poolAnswered]) == [.sayLate(.proofIsOut, elapsed: .seconds(30))])
    }

    @Test func `what the pool answers to an older question says nothing about now`() {
        var feeding = Self.fed()
        #expect(feeding.step(at: .seconds(20), []) == [.askProof])
        #expect(feeding.step(at: .seconds(24), [.poolAnswered]) == [])
        #expect(feeding.step(at: .seconds(25), []) == [.askPool])
        #expect(feeding.step(at: .seconds(30), []) == [.sayLate(.poolIsBlocked, elapsed: .seconds(30))])
    }

    @Test func `a thread that was kept from running says so as soon as it runs`() {
        var feeding = Self.fed()
        #expect(
            feeding.step(at: .seconds(50), []) == [.askProof, .sayLate(.proofIsOut, elapsed: .seconds(50))])
        #expect(feeding.step(at: .seconds(51), [.proved(true)]) == [.feed])
    }

    @Test func `rule 23: a proof that proves nothing feeds nothing`() {
        var feeding = Self.fed()
        #expect(feeding.step(at: .seconds(20), []) == [.askProof])
        #expect(
            feeding.step(at: .seconds(21), [.proved(false)]) == [.sayUnfed(proven: false, elapsed: .seconds(1))])
        #expect(feeding.nextStep == .seconds(30))
        #expect(feeding.step(at: .seconds(30), []) == [.sayLate(.unproven, elapsed: .seconds(30))])
        #expect(feeding.step(at: .seconds(40), []) == [.askProof])
        #expect(feeding.step(at: .seconds(41), [.proved(true)]) == [.feed])
    }

    @Test func `a proof that comes after the interval is too late`() {
        var feeding = Self.fed()
        #expect(feeding.step(at: .seconds(20), []) == [.askProof])
        #expect(
            feeding.step(at: .seconds(80), [.proved(true)]) == [
                .sayUnfed(proven: true, elapsed: .seconds(60)), .askProof, .sayLate(.proofIsOut, elapsed: .seconds(80)),
            ])
    }

    @Test func `an answer that nobody waits for feeds nothing`() {
        var feeding = Self.fed()
        #expect(feeding.step(at: .seconds(1), [.proved(true)]) == [])
    }
}
