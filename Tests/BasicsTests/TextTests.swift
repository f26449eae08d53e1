import Basics
import Testing

struct TextTests {
    @Test func `bytes are digits, and digits of either case are bytes`() {
        #expect(Hexadecimal.text([0x00, 0x0F, 0xA0, 0xFF]) == "000fa0ff")
        #expect(Hexadecimal.bytes("000Fa0fF") == [0x00, 0x0F, 0xA0, 0xFF])
        #expect(Hexadecimal.bytes("") == [])
        for wrong in ["0", "0g", "+1", "0x", " 1", "１２"] { #expect(Hexadecimal.bytes(wrong) == nil, "\(wrong)") }
    }

    @Test func `all but the unreserved is escaped`() {
        #expect(PercentEncoding.encoded("az-AZ_09.~") == "az-AZ_09.~")
        #expect(PercentEncoding.encoded("a b/c?%방") == "a%20b%2Fc%3F%25%EB%B0%A9")
        #expect(PercentEncoding.isEscape([0x32, 0x66, 0x20]))
        for wrong in [[], [0x32], [0x32, 0x67], [0x2B, 0x31]] as [[UInt8]] {
            #expect(!PercentEncoding.isEscape(wrong[...]), "\(wrong)")
        }
    }

    @Test func `a seed gives the sequence of the paper`() {
        // From the reference implementation (https://prng.di.unimi.it/splitmix64.c) with the state 1234567.
        var random = SplitMix64(seed: 1_234_567)
        #expect(
            (0..<3).map { _ in random.next() } == [
                6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423,
            ])
    }

    @Test func `what cannot be synced says why`() {
        #expect(Folder.sync("/") == 0)
        #expect(Folder.sync("/nowhere/at/all") == 2)
        #expect(Folder.sync("/proc/self/status") == 20)
    }

    @Test func `the clock does not go back`() {
        let first = MonotonicTime.nanoseconds
        #expect(MonotonicTime.nanoseconds >= first && first > 0)
        #expect(MonotonicTime.now >= .nanoseconds(first))
    }
}
