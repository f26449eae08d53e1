import CEL
import SagaCore
import Testing

@Suite struct InstantTests {
    static let extremes: [Int64] = [
        .min, .min + 1, .min + 999, -62_135_596_800_001, -1_001, -1_000, -1, 0, 1, 999, 1_000, 253_402_300_800_000,
        .max - 1, .max,
    ]

    @Test(arguments: extremes) func `every instant has a text and a timestamp`(milliseconds: Int64) {
        let instant = Instant(milliseconds: milliseconds)
        #expect(instant.rfc3339.hasSuffix("Z"))
        #expect(instant.timestamp.milliseconds == milliseconds)
        #expect((0..<1_000_000_000).contains(instant.timestamp.nanos))
    }

    @Test func `sums and differences stop at both ends of time`() {
        for one in Self.extremes {
            for other in Self.extremes {
                let sum = Instant(milliseconds: one) + other
                #expect(sum.milliseconds == Int64(clamping: Int128(one) + Int128(other)))
                let difference = Instant(milliseconds: one) - Instant(milliseconds: other)
                #expect(difference == Int64(clamping: Int128(one) - Int128(other)))
            }
        }
    }

    @Test func `a text keeps its digits`() {
        #expect(Instant(milliseconds: -1).rfc3339 == "1969-12-31T23:59:59.999Z")
        #expect(Instant(milliseconds: 1_798_797_600_007).rfc3339 == "2027-01-01T10:00:00.007Z")
    }
}
