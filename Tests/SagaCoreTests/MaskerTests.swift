import CEL
import SagaCore
import Testing

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
        #expect(masker.masked("ababab abababab, aba") == "***ab ******, aba")
        #expect(masker.masked("aabab ü abab") == "a*** ü ***")
        // A combining accent makes the last letter another character, but no other bytes.
        #expect(masker.masked("abab\u{301}") == "***\u{301}")
    }

    @Test func `a secret that is not ASCII is hidden in every composition of its characters`() {
        let masker = Masker(secrets: [.string("Z\u{fc}rich")])
        #expect(masker.masked("in Z\u{fc}rich, in Zu\u{308}rich") == "in ***, in ***")
    }

    @Test func `the longer of two secrets is hidden first`() {
        #expect(Masker(secrets: [.string("1234"), .string("12345678")]).masked("a 12345678 b 1234") == "a *** b ***")
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
