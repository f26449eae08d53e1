import Basics
import Testing

@testable import Identity

struct RateLimitTests {
    private func limits(_ perSecond: Double = 10, burst: Int = 5, entriesMax: Int = 1_000) -> RateLimits {
        let rule = RateLimits.Rule(perSecond: perSecond, burst: burst)
        return RateLimits(address: rule, identity: rule, entriesMax: entriesMax)
    }

    private func address(_ text: String) throws -> InternetAddress { try #require(InternetAddress(text)) }

    @Test func `a burst is free, then the rate, and the wait is told`() throws {
        var limits = limits(0.1, burst: 3)
        let one = try address("192.0.2.1")
        let first = (0..<4).map { _ in limits.take(address: one, now: 1_000) }
        #expect(first == [nil, nil, nil, 10])
        #expect(limits.take(address: one, now: 4_500) == 7)
        #expect(limits.take(address: one, now: 11_000) == nil)
        #expect(limits.take(address: one, now: 11_000) == 10)
        // A clock that goes back gives nothing.
        #expect(limits.take(address: one, now: 0) != nil)
        #expect(limits.take(address: try address("192.0.2.2"), now: 11_000) == nil)
    }

    @Test func `a network of IPv6 is one, and an address of IPv4 is one however it is written`() throws {
        var limits = limits(0.001, burst: 1)
        #expect(limits.take(address: try address("2001:db8:0:1::1"), now: 0) == nil)
        #expect(limits.take(address: try address("2001:db8:0:1:ffff::9"), now: 0) != nil)
        #expect(limits.take(address: try address("2001:db8:0:2::1"), now: 0) == nil)
        #expect(limits.take(address: try address("192.0.2.1"), now: 0) == nil)
        #expect(limits.take(address: try address("::ffff:192.0.2.1"), now: 0) != nil)
        #expect(limits.take(address: nil, now: 0) == nil)
        #expect(limits.take(address: nil, now: 0) != nil)
    }

    @Test func `a user has a bucket wherever they come from, and nobody has none`() throws {
        var limits = limits(0.001, burst: 1)
        let ada = Caller(user: .init(name: try CallerName("ada"), roles: [], proof: .token))
        let session = Caller(user: .init(name: try CallerName("ada"), roles: [], proof: .session))
        #expect(limits.take(ada, now: 0) == nil)
        #expect(limits.take(session, now: 0) != nil)
        for _ in 0..<10 { #expect(limits.take(.nobody, now: 0) == nil) }
        #expect(limits.counts.users == 1)
    }

    @Test func `a million addresses cost what the table holds, and the oldest idle one goes`() {
        var table = Buckets<[UInt8]>(RateLimits.Rule(perSecond: 1, burst: 2), countMax: 1_000)
        let kept: [UInt8] = [203, 0, 113, 1]
        for number in 0..<1_000_000 {
            if table.take(withUnsafeBytes(of: UInt32(number).bigEndian, Array.init), now: 0) != nil {
                Issue.record("\(number) was here before")
            }
            guard number.isMultiple(of: 500) else { continue }
            // Who goes on asking is not forgotten, and so gets no new burst.
            if table.take(kept, now: 0) == nil, number >= 1_000 { Issue.record("forgotten at \(number)") }
        }
        #expect(table.count == 1_000)
    }

    @Test func `the table of addresses is as large as it was told`() throws {
        var limits = limits(1, burst: 2, entriesMax: 100)
        for number in 0..<2_000 {
            #expect(limits.take(address: try address("10.0.\(number / 250).\(number % 250)"), now: 0) == nil)
        }
        #expect(limits.counts.addresses == 100)
    }

    @Test func `who is idle is forgotten`() throws {
        var limits = limits(10, burst: 5, entriesMax: 1_000)
        for number in 0..<800 { _ = limits.take(address: try address("10.0.\(number / 250).\(number % 250)"), now: 0) }
        #expect(limits.counts.addresses == 800)
        let one = try address("192.0.2.1")
        for step in Int64(0)..<400 { _ = limits.take(address: one, now: 1_000 + step * 1_000) }
        #expect(limits.counts.addresses == 1)
    }

    @Test func `the table does what a plain one does, whatever comes in which order`() {
        var generator = SplitMix64(seed: 7)
        let rule = RateLimits.Rule(perSecond: 3, burst: 4)
        var table = Buckets<Int>(rule, countMax: 40)
        var plain: [Int: (left: Double, at: Int64)] = [:]
        var now: Int64 = 0
        for _ in 0..<50_000 {
            now += Int64.random(in: 0...200, using: &generator)
            let key = Int.random(in: 0..<40, using: &generator)
            let old = plain[key] ?? (4, now)
            var left = min(4, old.left + Double(now - old.at) / 1_000 * 3)
            let isFree = left >= 1
            if isFree { left -= 1 }
            plain[key] = (left, now)
            #expect((table.take(key, now: now) == nil) == isFree)
            #expect(table.count <= 40)
        }
    }
}

struct AddressTests {
    @Test func `an address is read strictly and printed as it is known`() {
        for (text, printed) in [
            ("192.0.2.1", "192.0.2.1"), ("::FFFF:192.0.2.1", "192.0.2.1"), ("2001:DB8:0::1", "2001:db8::1"),
            ("fe80::1%eth0", "fe80::1"), ("::1", "::1"),
        ] {
            #expect(InternetAddress(text)?.description == printed)
        }
        for text in [
            "", "192.0.2", "192.0.2.256", "0xC0000201", "192.0.2.1 ", "192.0.2.1:80", "localhost", "[::1]", "%",
            String(repeating: ":", count: 1_000),
        ] {
            #expect(InternetAddress(text) == nil, "\(text.prefix(40))")
        }
        for text in [
            "[::1", "[::1]x", "[::1]:x", "[::1]:70000", "1.2.3.4:", "1.2.3.4:1:2", "a:1", ":", "[]", "_hidden",
        ] {
            #expect(InternetAddress(forwarded: text) == nil, "\(text)")
        }
        for text in ["127.0.0.1", "127.255.0.9", "::1", "::ffff:127.0.0.1"] {
            #expect(InternetAddress(text)?.isLoopback == true)
        }
        for text in ["0.0.0.0", "::", "128.0.0.1", "::2", "10.0.0.1"] {
            #expect(InternetAddress(text)?.isLoopback == false)
        }
    }

    @Test func `a range holds what begins as it does`() throws {
        for (range, inside, outside): (String, [String], [String]) in [
            ("10.0.0.0/8", ["10.0.0.0", "10.255.255.255", "::ffff:10.1.1.1"], ["11.0.0.0", "9.255.255.255", "::1"]),
            ("192.0.2.4/30", ["192.0.2.4", "192.0.2.7"], ["192.0.2.3", "192.0.2.8"]),
            ("192.0.2.1", ["192.0.2.1"], ["192.0.2.0", "192.0.2.2"]),
            ("0.0.0.0/0", ["1.2.3.4"], ["::1"]),
            ("2001:db8:8000::/33", ["2001:db8:8000::1", "2001:db8:ffff::"], ["2001:db8:7fff::", "1.2.3.4"]),
        ] {
            let range = try #require(AddressRange(range))
            for text in inside { #expect(range.contains(try #require(InternetAddress(text))), "\(text)") }
            for text in outside { #expect(!range.contains(try #require(InternetAddress(text))), "\(text)") }
        }
        for text in [
            "10.0.0.1/8", "10.0.0.0/33", "10.0.0.0/", "10.0.0.0/-1", "10.0.0.0/8/8", "::/129", "x/8", "10.0.0.0/ 8",
            "10.0.0.0/+8",
        ] {
            #expect(AddressRange(text) == nil, "\(text)")
        }
    }
}
