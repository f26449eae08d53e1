import Basics
import CEL
import Testing

struct JSONReadingTests {
    @Test func `whole numbers are int, then uint, and none is beyond`() throws {
        #expect(
            try JSON.parse("[0,-0,7,-9223372036854775808,9223372036854775807]") == [0, 0, 7, .int(.min), .int(.max)])
        #expect(try JSON.parse("9223372036854775808") == .uint(1 << 63))
        #expect(try JSON.parse("18446744073709551615") == .uint(.max))
    }

    @Test(arguments: [
        ("18446744073709551616", "", "1:1"), ("-9223372036854775809", "", "1:1"), ("-18446744073709551615", "", "1:1"),
        ("[1,{\"a/b~\":[0,100000000000000000000000]}]", "/1/a~1b~0/1", "1:15"),
        ("{\"x\":1,\n\"amount\":99999999999999999999}", "/amount", "2:10"),
        ("{\"x\":{\"y\":1e999}}", "/x/y", "1:11"),
    ])
    func `a number that cannot be kept is refused with its pointer, never rounded`(
        text: String, pointer: String, place: String
    ) throws {
        let error = try #require(throws: JSONError.self) { try JSON.parse(text) }
        #expect(error.pointer == pointer)
        #expect("\(error)".hasPrefix("\(place): "))
        #expect("\(error)".hasSuffix(pointer.isEmpty ? "" : ", at '\(pointer)'"), "\(error)")
    }

    @Test func `a pointer is no longer than its place is deep, and other errors have none`() throws {
        let key = String(repeating: "k", count: 100_000)
        let error = try #require(throws: JSONError.self) { try JSON.parse("{\"\(key)\":18446744073709551616}") }
        #expect(error.pointer == "/" + key.prefix(64))
        #expect(try #require(throws: JSONError.self) { try JSON.parse("{\"a\":[1,]}") }.pointer == nil)
    }

    @Test func `a point or an exponent makes a double, to the last bit`() throws {
        for text in [
            "1.0", "0.1", "-2.5", "1e3", "1E-7", "123456.789", "5e-324", "1.7976931348623157e308", "9007199254740993.0",
            "0.000001",
        ] {
            #expect(try JSON.parse(text) == .double(#require(Double(text))), "\(text)")
        }
    }

    @Test func `objects keep their order and strings their escapes`() throws {
        let value = try JSON.parse(#" { "b" : [ 1 , true , null ] , "a\u00e9\n\/\"" : "\ud83d\ude00 ü" } "#)
        #expect(value.mapValue?.entries.map(\.key) == ["b", "aé\n/\""])
        #expect(value["aé\n/\""] == "😀 ü")
        #expect(value["b"] == [1, true, .null])
    }

    @Test(arguments: [
        ("", "1:1: the text ends where a value is expected"),
        ("{\"a\":1,}", "1:8: unexpected '}' where a key in double quotes is expected"),
        ("[1\n 2]", "2:2: unexpected '2' where ',' or ']' is expected"),
        ("[1,]", "1:4: unexpected ']' where a value is expected"),
        ("{\"ä\" 1}", "1:6: unexpected '1' where ':' is expected"),
        ("01", "1:1: a number must not begin with 0"),
        ("-", "1:2: the text ends where a digit is expected"),
        ("1.", "1:3: the text ends where a digit after the point is expected"),
        ("1e+", "1:4: the text ends where a digit of the exponent is expected"),
        ("1e999", "1:1: the number is beyond a double"),
        ("\"abc", "1:1: the string that begins here has no end"),
        ("\"a\tb\"", "1:3: a control character in a string must be escaped"),
        ("\"\\x\"", "1:2: unknown escape in a string"),
        ("\"\\u12g4\"", "1:2: \\u needs four hexadecimal digits"),
        ("\"\\ud800\"", "1:2: a lone surrogate is no character"),
        ("\"\\ud800\\u0041\"", "1:2: a high surrogate without a low one"),
        ("nul", "1:1: unknown word; only true, false and null are words of JSON"),
        ("{\"x\":{\"a\":1,\"a\":2}}", "1:6: duplicate key 'a' in the object"),
        ("1 2", "1:3: unexpected '2' where the end is expected"),
        ("\u{FEFF}1", "1:1: unexpected byte 0xef where a value is expected"),
        ("'a'", "1:1: unexpected ''' where a value is expected"),
    ])
    func `what is no JSON is refused with its place`(text: String, error: String) {
        #expect { try JSON.parse(text) } throws: { "\($0)" == error }
    }

    @Test func `invalid UTF-8 is refused with its offset`() {
        let bad: [[UInt8]] = [
            [0x80], [0xC0, 0xAF], [0xE2, 0x82], [0xED, 0xA0, 0x80], [0xF5, 0x80, 0x80, 0x80], [0xF0, 0x80, 0x80, 0x80],
        ]
        for bytes in bad {
            #expect(throws: JSONError.self) { try JSON.parse([0x22, 0x61] + bytes + [0x22]) }
            do throws(JSONError) {
                _ = try JSON.parse([0x22, 0x61] + bytes + [0x22])
            } catch {
                #expect(error.offset == 2)
                #expect(error.message == "invalid UTF-8")
            }
        }
    }

    @Test func `a duplicate among many keys is found`() {
        let keys = (0..<1_000).map { "\"k\($0)\":\($0)" }
        #expect(throws: JSONError.self) { try JSON.parse("{" + (keys + ["\"k500\":1"]).joined(separator: ",") + "}") }
        #expect(throws: Never.self) { try JSON.parse("{" + keys.joined(separator: ",") + "}") }
    }

    @Test func `nesting ends at the limit`() {
        let deep = { String(repeating: "[", count: $0) + String(repeating: "]", count: $0) }
        #expect(throws: Never.self) { try JSON.parse(deep(128)) }
        #expect { try JSON.parse(deep(129)) } throws: { "\($0)" == "1:129: nested deeper than 128" }
        #expect(throws: JSONError.self) { try JSON.parse(deep(1_000_000)) }
        #expect(throws: JSONError.self) { try JSON.parse("[[1]]", depthMax: 1) }
    }

    @Test func `bytes at random never crash the reader`() {
        var random = SplitMix64(seed: 11)
        let alphabet =
            Array("{}[]\",:\\/u0123456789abcdefx.eE+- \n\ttruefalsn".utf8) + [0, 0x7F, 0x80, 0xC3, 0xA9, 0xF0, 0xFF]
        for _ in 0..<20_000 {
            let bytes = (0..<Int.random(in: 0..<40, using: &random)).compactMap { _ in
                alphabet.randomElement(using: &random)
            }
            if let value = try? JSON.parse(bytes) { #expect(try! JSON.parse(JSON.bytes(value)).isLike(value)) }
        }
    }
}

struct JSONWritingTests {
    @Test func `values follow protobuf's mapping`() {
        let value: Value = [
            .null, true, -5, .uint(.max), 1.5, 1.0, .double(-0.0), .double(1e16), .double(.nan), .double(.infinity),
            .double(-.infinity), "ä\"\\\n\u{1}",
            .bytes(Array("hi!?".utf8)), .bytes([]), .timestamp(Timestamp(seconds: 1_234_567_890, nanos: 500_000_000)),
            .duration(Duration(milliseconds: -1_500)), .type("google.protobuf.Timestamp"), [], [:],
        ]
        #expect(
            JSON.string(value)
                == #"[null,true,-5,18446744073709551615,1.5,1,-0,1e+16,"NaN","Infinity","-Infinity","ä\"\\\n\u0001","#
                + #""aGkhPw==","","2009-02-13T23:31:30.5Z","-1.5s","google.protobuf.Timestamp",[],{}]"#)
    }

    @Test func `keys that are no strings become strings`() {
        let map = MapValue(entries: [(1, "a"), (true, "b"), (.uint(2), "c"), ("d", "d")])
        #expect(JSON.string(.map(map)) == #"{"1":"a","true":"b","2":"c","d":"d"}"#)
    }

    @Test func `what is written reads back`() throws {
        let text =
            #"{"z":[1,-2,3.25,"x y",{"n":null,"t":true}],"a":"\u0000\u001f😀","big":18446744073709551615,"e":1e-7}"#
        let value = try JSON.parse(text)
        #expect(JSON.string(value) == text.replacing("1e-7", with: "1e-07"))
        #expect(try JSON.parse(JSON.bytes(value)) == value)
    }
}

extension Value {
    /// Equality after a round trip through JSON, where a whole double comes back as an int.
    func isLike(_ other: Value) -> Bool { JSON.string(self) == JSON.string(other) }
}
