import CEL
import Testing

struct MapValueTests {
    @Test(arguments: [3, 12, 13, 14, 500])
    func `a map of any size finds, replaces, removes and keeps its order`(count: Int) {
        var map = MapValue((0..<count).map { ("k\($0)", .int(Int64($0))) })
        map["k1"] = "new"
        map["k0"] = nil
        map["missing"] = nil
        map["last"] = true
        #expect(map.count == count)
        #expect(map["k0"] == nil)
        #expect(map["k1"] == "new")
        #expect(map["last"] == true)
        #expect(map.entries.map(\.key.stringValue) == (1..<count).map { "k\($0)" } + ["last"])
    }

    @Test func `the same number is the same key whatever its type`() {
        for extra in [0, 100] {
            let map = MapValue(
                entries: [(1, "int"), (.uint(2), "uint"), (true, "bool")] + (0..<extra).map { (.string("\($0)"), 0) })
            #expect(map[key: .uint(1)] == "int")
            #expect(map[key: 2.0] == "uint")
            #expect(map[key: 1.5] == nil)
            #expect(map[key: true] == "bool")
            #expect(map[key: "1"] == (extra > 1 ? 0 : nil))
        }
    }

    @Test func `equality and hash ignore the order, not the types`() {
        let one: Value = ["a": 1, "b": [2.5]]
        let other: Value = ["b": [2.5], "a": 1]
        #expect(one == other)
        #expect(one.hashValue == other.hashValue)
        #expect(one != ["a": 1.0, "b": [2.5]])
        #expect(MapValue([("a", 1), ("a", 2)]) == MapValue([("a", 2)]))
        #expect(Value.string("é") != .string("e\u{301}"))
        #expect(Value.double(.nan) == .double(.nan))
    }
}

struct TimeTests {
    @Test(arguments: [
        ("1970-01-01T00:00:00Z", 0, 0), ("2009-02-13T23:31:30.5Z", 1_234_567_890, 500_000_000),
        ("2000-02-29T12:00:00+02:00", 951_818_400, 0), ("0001-01-01T00:00:00Z", -62_135_596_800, 0),
        ("9999-12-31T23:59:59.999999999Z", 253_402_300_799, 999_999_999),
        ("1969-12-31T23:59:59.25-00:00", -1, 250_000_000),
    ])
    func `timestamps read`(text: String, seconds: Int64, nanos: Int32) throws {
        let moment = try #require(Timestamp(rfc3339: text))
        #expect(moment == Timestamp(seconds: seconds, nanos: nanos))
        #expect(Timestamp(rfc3339: moment.rfc3339) == moment)
    }

    @Test(arguments: [
        "", "2009-02-13", "2009-02-13T23:31:30", "2009-02-13 23:31:30Z", "2009-02-29T00:00:00Z", "2009-13-01T00:00:00Z",
        "2009-02-13T24:00:00Z", "2009-02-13T23:60:00Z", "2009-02-13T23:31:60Z", "2009-02-13T23:31:30.Z",
        "2009-02-13T23:31:30+2:00",
        "2009-02-13T23:31:30Zx", "0000-01-01T00:00:00Z", "0001-01-01T00:00:00+01:00", "9999-12-31T23:59:59-00:01",
        "10000-01-01T00:00:00Z",
    ])
    func `what is no timestamp is nil`(text: String) { #expect(Timestamp(rfc3339: text) == nil) }

    @Test func `timestamps write only the digits they need, or three`() {
        let moment = Timestamp(milliseconds: 1_234_567_890_050)
        #expect(moment.rfc3339 == "2009-02-13T23:31:30.05Z")
        #expect(moment.rfc3339Milliseconds == "2009-02-13T23:31:30.050Z")
        #expect(moment.milliseconds == 1_234_567_890_050)
        #expect(Timestamp(milliseconds: -1).rfc3339 == "1969-12-31T23:59:59.999Z")
        #expect(Timestamp(milliseconds: -1).milliseconds == -1)
        #expect(Timestamp(milliseconds: -1) < Timestamp(seconds: 0))
    }

    @Test func `every day of four centuries keeps its date`() throws {
        for day in stride(from: Int64(-150_000), to: 150_000, by: 7) {
            let moment = Timestamp(seconds: day * 86_400 + 86_399)
            #expect(Timestamp(rfc3339: moment.rfc3339) == moment)
        }
    }

    @Test(arguments: [
        ("1h30m", 5_400, 0), ("1.5s", 1, 500_000_000), ("200ms", 0, 200_000_000), ("-1.5h", -5_400, 0), ("0", 0, 0),
        ("+2m3s", 123, 0),
        ("7ns", 0, 7), ("3us", 0, 3_000), ("3µs", 0, 3_000), (".5s", 0, 500_000_000), ("1.s", 1, 0),
        ("-250ms", 0, -250_000_000),
        ("9223372036.854775807s", 9_223_372_036, 854_775_807),
    ])
    func `durations read`(text: String, seconds: Int64, nanos: Int32) {
        #expect(Duration(parsing: text) == Duration(seconds: seconds, nanos: nanos))
    }

    @Test(arguments: [
        "", "-", "1", "s", "1.5", "1d", "1h 2m", "1..5s", ".s", "9223372036.854775808s", "99999999999999999999999h",
        "1e3s",
    ])
    func `what is no duration is nil`(text: String) { #expect(Duration(parsing: text) == nil) }

    @Test func `durations write in seconds`() {
        #expect(Duration(milliseconds: 1_500).text == "1.5s")
        #expect(Duration(milliseconds: -200).text == "-0.2s")
        #expect(Duration(seconds: 90).text == "90s")
        #expect(Duration(seconds: 1, nanos: -1).text == "0.999999999s")
        #expect(Duration(milliseconds: -1_500).milliseconds == -1_500)
        #expect(Duration(seconds: -1, nanos: 1) > Duration(seconds: -1))
    }
}
