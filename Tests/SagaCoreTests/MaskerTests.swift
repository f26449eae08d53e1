import CEL
import Testing

@testable import SagaCore

struct MaskerTests {
    private let schema = InputSchema.object(
        .init(),
        .init(properties: [
            .init(name: "card", schema: .string(.init(secret: true), .init())),
            .init(name: "pin", schema: .number(.init(secret: true), .init(integer: true))),
            .init(name: "name", schema: .string(.init(), .init())),
            .init(
                name: "more",
                schema: .array(.init(), .init(items: .object(.init(secret: true), .init())))),
        ]))

    private func value(_ text: String) -> Value {
        do { return try JSON.parse(text) } catch { fatalError("\(error)") }
    }

    @Test func `secrets are found by the schema, also inside arrays and whole objects`() {
        let input = value(#"{"card":"4111111111111111","pin":123,"name":"Ann","more":[{"a":"x1","b":[true]},{}]}"#)
        #expect(
            schema.secrets(in: input)
                == [.string("4111111111111111"), .int(123), .string("x1"), .bool(true)])
        #expect(schema.secrets(in: value("{}")).isEmpty)
    }

    @Test func `a secret is hidden as a value, as a key and inside longer texts`() {
        let masker = Masker(secrets: [.string("4111111111111111"), .int(123_456)])
        let shown = masker.masked(
            value(
                #"{"request":{"cardNo":"4111111111111111","pin":123456},"4111111111111111":["card 4111111111111111!"]}"#
            ))
        #expect(JSON.string(shown) == #"{"request":{"cardNo":"***","pin":"***"},"***":["card ***!"]}"#)
        #expect(masker.masked("pin 123456 of 4111111111111111") == "pin *** of ***")
    }

    @Test func `a short secret is hidden where it is a whole value only`() {
        let masker = Masker(secrets: [.string("abc"), .string(""), .null])
        #expect(masker.masked(value(#"["abc","abcd","",null]"#)) == value(#"["***","abcd","",null]"#))
        #expect(masker.masked("abc") == "abc")
    }

    @Test func `a secret is hidden wherever its bytes stand, as often as they do`() {
        let masker = Masker(secrets: [.string("abab")])
        #expect(masker.masked("abab") == "***")
        #expect(masker.masked("ababab abababab, aba") == "*** ***, aba")
        #expect(masker.masked("abababbaba abab-abab") == "***baba ***-***")
        #expect(masker.masked("aabab ü abab") == "a*** ü ***")
        // A combining accent makes the last letter another character, but no other bytes.
        #expect(masker.masked("abab\u{301}") == "***\u{301}")
    }

    @Test func `a secret that is not ASCII is hidden in every composition of its characters`() {
        let masker = Masker(secrets: [.string("Z\u{fc}rich")])
        #expect(masker.masked("in Z\u{fc}rich, in Zu\u{308}rich") == "in ***, in ***")
    }

    @Test func `of secrets that overlap or lie in each other, no part is left`() {
        let secrets: [Value] = [.string("1234"), .string("12345678"), .string("7890"), .string("3456")]
        let masker = Masker(secrets: secrets)
        #expect(masker.masked("a 12345678 b 1234") == "a *** b ***")
        #expect(masker.masked("a 1234567890 b 34567890, 12347890") == "a *** b ******, ******")
        #expect(masker.masked("123456 4567 123412345678") == "*** 4567 ******")
    }

    @Test func `a secret is hidden where JSON has escaped it, also twice`() {
        let masker = Masker(secrets: [.string("pa\"ss\\w/ö\n😀")])
        for text in [
            #"got {"p":"pa\"ss\\w/ö\n😀"}"#, #"got {"p":"pa\u0022ss\\w\/\u00f6\u000A\ud83d\ude00"}"#,
            #"got {"b":"{\"p\":\"pa\\\"ss\\\\w/ö\\n😀\"}"}"#, "got pa\"ss\\w/ö\n😀", "got pa\"ss\\w/o\u{308}\n😀",
        ] {
            let shown = masker.masked(text)
            #expect(shown.contains("***") && !shown.contains("ss"), "\(shown)")
            #expect(shown.hasPrefix("got "))
        }
        #expect(masker.masked(#"\u12 \ud83d \x \"#) == #"\u12 \ud83d \x \"#)
    }

    /// Texts and secrets that make a search which backs up take their product.
    enum Hard: CaseIterable {
        case nearMatches, manyNearMatches, overlaps, fan, accents, escapes

        func secrets(_ length: Int) -> [String] {
            let many = String(repeating: "a", count: length)
            switch self {
            case .nearMatches, .escapes: return [many + "b"]
            case .manyNearMatches: return (1...100).map { many.prefix(length / 100 * $0) + "b" }
            case .overlaps: return (1...100).map { String(many.prefix(length / 100 * $0)) }
            case .fan: return (0..<25).map { many + String(Unicode.Scalar(UInt8(98 + $0))) }
            case .accents: return [String(repeating: "ä", count: length) + "b"]
            }
        }

        func text(_ length: Int) -> String {
            switch self {
            case .accents: String(repeating: "a\u{308}", count: length)
            case .escapes: String(repeating: #"\u0061"#, count: length)
            default: String(repeating: "a", count: length)
            }
        }
    }

    @Test(arguments: Hard.allCases)
    func `hiding takes steps in proportion to the text, however the secrets are`(hard: Hard) {
        let length = 20_000
        for secretLength in [1_000, 10_000] {
            let masker = Masker(secrets: hard.secrets(secretLength).map(Value.string))
            let text = hard.text(length)
            var work = 0
            let shown = masker.masked(text, work: &work)
            // Two steps a byte, in the text, as characters and without its escapes.
            #expect(work <= 4 * text.utf8.count)
            #expect(shown == (hard == .overlaps ? "***" : text))
        }
    }

    @Test func `a megabyte of near matches with the longest secret is masked`() {
        let secret = String(repeating: "s", count: InputSchema.secretBytesMax)
        let masker = Masker(secrets: [.string(secret + "!")])
        let text = String(repeating: "s", count: 1 << 20)
        #expect(masker.masked(text) == text)
        #expect(masker.masked("\(text)! \(secret)").hasSuffix("*** \(secret)"))
    }

    @Test func `many values are each looked up once, however many the secrets are`() {
        let masker = Masker(secrets: (0..<1_000).map { .string("k\($0)") })
        let values = (0..<20_000).map { Value.string("k\($0)") }
        guard case .list(let shown) = masker.masked(.list(values)) else {
            Issue.record("no list")
            return
        }
        #expect(shown.prefix(1_000).allSatisfy { $0 == "***" })
        #expect(shown[10_000] == "***00")
    }

    @Test func `an input with too many secrets, or too many bytes of them, is told where`() {
        let secret = InputSchema.string(.init(secret: true), .init())
        let schema = InputSchema.object(
            .init(),
            .init(properties: [
                .init(name: "card", schema: secret), .init(name: "name", schema: .string(.init(), .init())),
                .init(name: "more", schema: .array(.init(), .init(items: secret))),
            ]))
        let full = String(repeating: "s", count: InputSchema.secretBytesMax)
        let faults = { (input: [(String, Value)]) in schema.faults(of: .map(MapValue(input))).map(\.description) }
        #expect(faults([("card", .string(full)), ("name", .string(full + full)), ("more", [""])]) == [])
        let tooLong = "makes more than 65536 bytes of secrets of one saga; send a reference instead"
        #expect(faults([("card", .string(full + "s"))]) == ["/card \(tooLong)"])
        #expect(faults([("card", .string(full)), ("more", ["", "s", "s"])]) == ["/more/1 \(tooLong)"])
        let thousand = Array(repeating: Value.string("s"), count: InputSchema.secretsMax)
        #expect(faults([("more", .list(thousand))]) == [])
        #expect(
            faults([("card", "s"), ("more", .list(thousand))]) == ["/more/999 makes more than 1000 secrets of one saga"]
        )
    }

    @Test func `an integer beyond 64 bits fits no integer, and neighbours beyond 53 bits are not one`() {
        let integer = InputSchema.number(.init(), .init(integer: true))
        #expect(integer.faults(of: .double(1e18)).isEmpty)
        #expect(!integer.faults(of: .double(1e30)).isEmpty)
        let listed = InputSchema.number(.init(values: [.int(9_007_199_254_740_993)]), .init(integer: true))
        #expect(listed.faults(of: .int(9_007_199_254_740_993)).isEmpty)
        #expect(!listed.faults(of: .int(9_007_199_254_740_992)).isEmpty)
    }

    @Test func `rule of secrets: what the reservation sends and keeps shows no card`() throws {
        var player = Player(workflow: .reservation)
        _ = try player.play(#"0s start {"name":"Ann","cardNo":"4111111111111111","room":"12","amount":9000}"#)
        _ = try player.play("1s ok")
        _ = try player.play("2s refused card-declined card 4111111111111111 was declined")
        let saga = try #require(player.saga)
        let masker = Masker(for: saga, in: .reservation)
        let texts = player.history.map { JSON.string(masker.masked(.map($0.record.fields))) }
        #expect(player.history.contains { JSON.string(.map($0.record.fields)).contains("4111") })
        #expect(texts.allSatisfy { !$0.contains("4111") })
    }

    @Test func `a secret text of digits is hidden as a number too, and only as that number`() {
        let masker = Masker(secrets: [.string("4111111111111111")])
        #expect(masker.masked(.int(4_111_111_111_111_111)) == .string("***"))
        #expect(masker.masked(.uint(4_111_111_111_111_111)) == .string("***"))
        #expect(masker.masked(.int(41_111_111_111_111_111)) == .int(41_111_111_111_111_111))
    }
}
