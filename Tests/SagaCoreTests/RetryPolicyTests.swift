import SagaCore
import Testing

struct RetryPolicyTests {
    @Test func `waits double from the interval up to the longest`() {
        let policy = RetryPolicy(interval: 200, backoff: 2, max: 30_000, jitter: false)
        #expect(
            (1...10).map { policy.wait(after: $0, seed: 1) } == [
                200, 400, 800, 1_600, 3_200, 6_400, 12_800, 25_600, 30_000, 30_000,
            ])
        #expect(policy.wait(after: .max, seed: 1) == 30_000)
    }

    @Test func `a backoff of one keeps the interval, and an interval above the longest is cut`() {
        #expect(RetryPolicy(interval: 500, backoff: 1, jitter: false).wait(after: .max, seed: 1) == 500)
        #expect(RetryPolicy(interval: 60_000, max: 1_000, jitter: false).wait(after: 1, seed: 1) == 1_000)
        #expect(RetryPolicy(interval: 0, jitter: false).wait(after: 50, seed: 1) == 0)
    }

    @Test func `jitter shortens a wait by up to a half, never lengthens it, and spreads`() {
        let policy = RetryPolicy(interval: 1_000, backoff: 2, max: 8_000)
        for attempt in 1...6 {
            let full = RetryPolicy(interval: 1_000, backoff: 2, max: 8_000, jitter: false).wait(after: attempt, seed: 0)
            let waits = (0..<2_000).map { policy.wait(after: attempt, seed: UInt64($0)) }
            #expect(waits.allSatisfy { $0 >= full / 2 && $0 <= full })
            #expect(waits.count { $0 < full * 3 / 4 } > 800 && waits.count { $0 >= full * 3 / 4 } > 800)
            #expect(Set(waits).count > 400)
        }
    }

    @Test func `rule 5: the same seed and attempt give the same wait on every machine`() {
        let policy = RetryPolicy(interval: 1_000, backoff: 2, max: 30_000)
        #expect((1...6).map { policy.wait(after: $0, seed: 42) } == (1...6).map { policy.wait(after: $0, seed: 42) })
        #expect(Hash.mixed(1) == 0x910A_2DEC_8902_5CC1)
        #expect(Hash.of("yogi".utf8) == Hash.of(Array("yogi".utf8)))
    }
}
