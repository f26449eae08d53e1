import Foundation
import Testing

@testable import CEL

struct ZoneTests {
    @Test(arguments: [
        ("2026-01-15T12:00", "Europe/Berlin", "2026-01-15T11:00:00Z"),
        ("2026-07-15T12:00:30.25", "Europe/Berlin", "2026-07-15T10:00:30.25Z"),
        // Clocks go from 2 to 3 o'clock: the moment at which they do.
        ("2026-03-29T01:59:59", "Europe/Berlin", "2026-03-29T00:59:59Z"),
        ("2026-03-29T02:00", "Europe/Berlin", "2026-03-29T01:00:00Z"),
        ("2026-03-29T02:30", "Europe/Berlin", "2026-03-29T01:00:00Z"),
        ("2026-03-29T03:00", "Europe/Berlin", "2026-03-29T01:00:00Z"),
        ("2026-03-29T03:00:01", "Europe/Berlin", "2026-03-29T01:00:01Z"),
        // Clocks go from 3 back to 2 o'clock: of two the earlier.
        ("2026-10-25T01:59:59", "Europe/Berlin", "2026-10-24T23:59:59Z"),
        ("2026-10-25T02:30", "Europe/Berlin", "2026-10-25T00:30:00Z"),
        ("2026-10-25T03:00", "Europe/Berlin", "2026-10-25T02:00:00Z"),
        // Half an hour of summer, and a summer over the new year.
        ("2026-10-04T02:15", "Australia/Lord_Howe", "2026-10-03T15:30:00Z"),
        ("2026-04-05T01:45", "Australia/Lord_Howe", "2026-04-04T14:45:00Z"),
        ("2026-01-01T00:00", "America/Santiago", "2026-01-01T03:00:00Z"),
        // A whole day that never was.
        ("2011-12-30T12:00", "Pacific/Apia", "2011-12-30T10:00:00Z"),
        // Behind the table, by the rule at its end.
        ("2500-07-01T12:00", "Europe/Berlin", "2500-07-01T10:00:00Z"),
        ("2500-03-28T02:30", "Europe/Berlin", "2500-03-28T01:00:00Z"),
        ("2500-10-31T02:30", "Europe/Berlin", "2500-10-31T00:30:00Z"),
        ("2500-01-01T12:00", "America/New_York", "2500-01-01T17:00:00Z"),
        ("9999-12-31T12:00", "Asia/Seoul", "9999-12-31T03:00:00Z"),
        // Before the table: local mean time.
        ("1800-01-01T00:00", "Europe/Berlin", "1799-12-31T23:06:32Z"),
        ("2024-02-29T23:59", "Asia/Kathmandu", "2024-02-29T18:14:00Z"),
        ("2026-01-15T12:00", "UTC", "2026-01-15T12:00:00Z"), ("2026-01-15T12:00", "+05:30", "2026-01-15T06:30:00Z"),
    ])
    func `local gives the moment of a wall clock`(_ wall: String, _ zone: String, _ moment: String) {
        #expect(zoned("string(local('\(wall)', '\(zone)'))") == "\"\(moment)\"")
    }

    @Test(arguments: [
        (
            "local('2026-02-29T12:00', 'UTC')",
            "1:1: '2026-02-29T12:00' is no date with a time of day, as '2026-03-29T18:00' or '2026-03-29T18:00:00'"
        ),
        (
            "local('2026-02-28', 'UTC')",
            "1:1: '2026-02-28' is no date with a time of day, as '2026-03-29T18:00' or '2026-03-29T18:00:00'"
        ),
        (
            "local('2026-02-28T12:00:00Z', 'UTC')",
            "1:1: '2026-02-28T12:00:00Z' has its offset from UTC already; write 'timestamp(…)', or leave the offset out"
        ),
        (
            "local('2026-02-28T12:00', 'Europe/Berln')",
            "1:1: unknown time zone 'Europe/Berln'; an offset such as '+02:00' always works"
        ),
        ("local('0001-01-01T00:00', '+01:00')", "1:1: the result of 'local' is out of range"),
        ("local('9999-12-31T23:59', '-01:00')", "1:1: the result of 'local' is out of range"),
        ("local(1, 'UTC')", "1:1: no overload of 'local' takes (int, string)"),
    ])
    func `what is no wall clock's time is told in words`(_ source: String, _ message: String) {
        #expect(zoned(source) == message)
    }

    @Test(arguments: [
        "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "America/Santiago", "Africa/Casablanca",
        "Europe/Dublin", "Pacific/Apia", "Asia/Gaza", "America/Nuuk", "Antarctica/Troll", "UTC",
    ])
    func `a moment shows its time, is the first that does, or the end of a gap`(_ name: String) throws {
        let zone = try MachineZones.resolver(name)
        var random = Lcg(name.utf8.reduce(7) { $0 &* 31 &+ UInt64($1) })
        for _ in 0..<3_000 {
            // Years 1850 to 2450, and every second one near a change.
            var wall = Int64(random.next() % 18_900_000_000) - 3_700_000_000
            if random.next() % 2 == 0, let near = zone.transitions.randomElement(using: &random) {
                wall = near.at + Int64(random.next() % 200_000) - 100_000
            }
            let moment = zone.moment(ofWall: wall)
            if moment + zone.offset(at: moment) == wall {
                for earlier: Int64 in [900, 1_800, 3_600, 7_200, 10_800, 86_400] {
                    let other = moment - earlier
                    #expect(other + zone.offset(at: other) != wall, "\(name): \(wall) is \(moment), and \(other) too")
                }
            } else {
                let before = zone.offset(at: moment - 1)
                #expect(moment + before <= wall && wall < moment + zone.offset(at: moment), "\(name): \(wall)")
            }
        }
    }

    @Test(arguments: [
        ("EST5EDT,M3.2.0,M11.1.0", "2030-03-10T06:59:59Z", -18_000),
        ("EST5EDT,M3.2.0,M11.1.0", "2030-03-10T07:00:00Z", -14_400),
        ("<-03>3", "2030-01-01T00:00:00Z", -10_800), ("<+0545>-5:45", "2030-01-01T00:00:00Z", 20_700),
        ("IST-2IDT,M3.4.4/26,M10.5.0", "2030-03-28T23:59:59Z", 7_200),
        ("IST-2IDT,M3.4.4/26,M10.5.0", "2030-03-29T00:00:00Z", 10_800),
        // Summer all year, the 60th day without the 29th of February and with it, and winter as the other way round.
        ("XXX3EDT4,0/0,J365/23", "2030-01-01T03:00:00Z", -14_400),
        ("XXX3EDT4,0/0,J365/23", "2030-12-31T23:30:00Z", -14_400),
        ("AAA0BBB,J60/0,J300", "2028-02-29T23:59:59Z", 0), ("AAA0BBB,J60/0,J300", "2028-03-01T00:00:00Z", 3_600),
        ("AAA0BBB,59/0,300", "2028-02-28T23:59:59Z", 0), ("AAA0BBB,59/0,300", "2028-02-29T00:00:00Z", 3_600),
        ("IST-1GMT0,M10.5.0,M3.5.0/1", "2030-01-01T00:00:00Z", 0),
        ("IST-1GMT0,M10.5.0,M3.5.0/1", "2030-07-01T00:00:00Z", 3_600),
    ])
    func `a rule says what holds in all years to come`(_ text: String, _ moment: String, _ offset: Int64) throws {
        let rule = try #require(ZoneRule(text.utf8))
        #expect(rule.offset(at: try #require(Timestamp(rfc3339: moment)).seconds) == offset)
    }

    @Test(arguments: [
        "", "E5", "EST", "EST5EDT", "EST5EDT,", "EST5EDT,M3.2.0", "EST25", "EST5EDT,M13.2.0,M11.1.0",
        "EST5EDT,M3.6.0,M11.1.0", "EST5EDT,M3.2.7,M11.1.0", "EST5EDT,J0,J9", "EST5EDT,J366,J9", "EST5EDT,366,9",
        "EST5EDT,M3.2.0/168,M11.1.0", "EST5EDT,M3.2.0,M11.1.0x", "<EST5", "EST5:60", "EST99999999999999999999",
    ])
    func `what is no rule is none`(_ text: String) { #expect(ZoneRule(text.utf8) == nil) }

    @Test func `a damaged file is no zone, or another, and never a crash`() throws {
        let whole = try #require(MachineZones.bytes("Europe/Berlin"))
        for length in 0..<whole.count { #expect(Zone(file: Array(whole.prefix(length))) == nil, "\(length) bytes") }
        var random = Lcg(99)
        for _ in 0..<4_000 {
            var bytes = whole
            for _ in 0...Int(random.next() % 4) {
                bytes[Int(random.next() % UInt64(bytes.count))] = UInt8(random.next() & 0xFF)
            }
            guard let zone = Zone(file: bytes) else { continue }
            for wall: Int64 in [Timestamp.secondsMin, -3_000_000_000, 0, 1_800_000_000, Timestamp.secondsMax] {
                _ = zone.offset(at: zone.moment(ofWall: wall))
            }
        }
    }

    @Test func `counts beyond the file, leap seconds and files that are too large are refused`() throws {
        let whole = try #require(MachineZones.bytes("UTC"))
        for at in 20..<44 {
            var bytes = whole
            bytes[at] = 0xFF
            #expect(Zone(file: bytes) == nil, "byte \(at)")
        }
        #expect(Zone(file: whole + [UInt8](repeating: 0, count: Zone.fileBytesMax)) == nil)
        #expect(Zone(file: Array("TZif".utf8)) == nil)
    }

    @Test func `parts of the calendar are those of the zone`() {
        #expect(zoned("timestamp('2026-07-01T22:30:00Z').getHours('Europe/Berlin')") == "0")
        #expect(zoned("timestamp('2600-07-01T22:30:00Z').getDate('Europe/Berlin')") == "2")
        #expect(zoned("timestamp('2026-07-01T22:30:00Z').getHours('Mars/Olympus')").hasPrefix("1:"))
        // Without any zones the words are the same as ever.
        #expect(complaint("local('2026-01-01T00:00', 'Europe/Berlin')").contains("unknown time zone 'Europe/Berlin'"))
    }

    @Test func `looking for zones costs`() {
        let source =
            "[0,1,2,3,4,5,6,7,8,9].all(a, [0,1,2,3,4,5,6,7,8,9].all(b, [0,1,2].all(c, "
            + "local('2026-01-01T00:00', 'Europe/Berlin') > timestamp(0))))"
        #expect(zoned(source).contains("cost limit"))
    }
}

/// A generator whose numbers are the same in every run.
struct Lcg: RandomNumberGenerator {
    private var state: UInt64

    init(_ seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return state ^ state >> 29
    }
}
