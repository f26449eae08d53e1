import Basics
import CEL
import Testing

struct ParserTests {
    @Test(arguments: [
        ("", "1:1: the expression ends where a value is expected"),
        ("1 +", "1:4: the expression ends where a value is expected"),
        ("a b", "1:3: unexpected 'b' where an operator or the end is expected"),
        ("a = b", "1:3: unexpected '='; equality is '=='"),
        ("a & b", "1:3: the logical operators are '&&' and '||'"),
        ("(1", "1:3: the expression ends where ')' is expected"),
        ("[1 2]", "1:4: unexpected '2' where ',' or ']' is expected"),
        ("{'a' 1}", "1:6: unexpected '1' where ':' after the key is expected"),
        ("a ? b", "1:6: the expression ends where ':' of the conditional is expected"),
        ("a\n  .1", "2:3: unexpected '.1' where an operator or the end is expected"),
        ("a.'b'", "1:3: unexpected ''b'' where the name of a field or function is expected"),
        ("'abc", "1:1: the string that begins here has no end"),
        ("'ab\nc'", "1:4: a line break in a string needs three quotes or \\n"),
        ("'\\q'", "1:2: unknown escape; a backslash itself is '\\\\'"),
        ("'\\ud800'", "1:2: the escape names no Unicode character"),
        ("'\\x1'", "1:2: the escape needs 2 hexadecimal digits"),
        ("b'\\u0041'", "1:3: \\u and \\U are not for bytes; write \\x"),
        ("9223372036854775808", "1:1: the int does not fit 64 bits; is a 'u' missing?"),
        ("-9223372036854775809", "1:1: the int does not fit 64 bits"),
        ("18446744073709551616u", "1:1: the number does not fit 64 bits"),
        ("1e999", "1:1: the double is out of range"),
        ("'ä' § 1", "1:5: unexpected character '§'"),
        ("for", "1:1: 'for' is a reserved word"),
        ("in", "1:1: unexpected 'in' where a value is expected"),
        ("f(1,)", "1:5: unexpected ')' where a value is expected"),
        ("!-a", "1:3: unexpected 'a' where a number is expected"),
        ("[,,]", "1:2: unexpected ',' where a value is expected"),
        ("f(,)", "1:3: unexpected ',' where a value is expected"),
        ("has(a)", "1:1: has() takes one selection of a field, such as has(input.name)"),
        ("a.all(b.c, true)", "1:9: the variable of 'all' must be a simple name"),
        ("a.all(x, x, true)", "1:10: the two variables of 'all' must differ"),
        ("`a`", "1:1: unexpected '`a`' where a value is expected"),
        (
            "a.`b",
            "1:3: a name in backticks holds letters, digits, '_', '.', '-', '/' and spaces, and ends with a backtick"
        ),
    ])
    func `what is no expression is refused with its place`(source: String, error: String) {
        #expect { try Expression(source) } throws: { "\($0)" == error }
    }

    @Test(arguments: [
        (#"'\a\b\f\n\r\t\v\\\?\"\'\`'"#, "\u{7}\u{8}\u{C}\n\r\t\u{B}\\?\"'`"), (#""\x41\101\u00e9\U0001F600""#, "AAé😀"),
        (#"r'a\n'"#, "a\\n"), ("'''a'b\r\n\"c'''", "a'b\n\"c"), (#"R'''\'''"#, "\\"), ("'x' // end", "x"),
        ("// first\n'y'", "y"),
    ])
    func `strings have all forms and escapes`(source: String, text: String) throws {
        #expect(try evaluate(source) == .string(text))
    }

    @Test func `octal and hexadecimal escapes are octets in bytes and code points in strings`() throws {
        #expect(try evaluate(#"b'\xff\303é'"#) == .bytes([0xFF, 0xC3, 0xC3, 0xA9]))
        #expect(try evaluate(#"'\xff'"#) == "ÿ")
        #expect(try evaluate(#"br'\xff'"#) == .bytes(Array(#"\xff"#.utf8)))
    }

    @Test func `operators bind as in the specification`() throws {
        #expect(try evaluate("1 + 2 * 3 - 4 / 2 == 5 && !false || false ? 'a' : 'b'") == "a")
        #expect(try evaluate("10 - 3 - 2") == 5)
        #expect(try evaluate("-2 * -3") == 6)
        #expect(try evaluate("1 - -1") == 2)
        #expect(try evaluate("true ? 1 : true ? 2 : 3") == 1)
        #expect(try evaluate("1 in [1] == true") == true)
    }

    @Test func `reserved words are fields and backticks quote any`() throws {
        #expect(try evaluate("a.package + a.`b-c d`", #"{"a":{"package":1,"b-c d":2}}"#) == 3)
    }

    @Test(arguments: [
        ("!-1 || true", "true"), ("[,]", "[]"), ("{,}", "{}"), ("[1,]", "[1]"), ("A{,} == 1 || true", "true"),
    ])
    func `the corners of the grammar are read`(source: String, json: String) throws {
        #expect(JSON.string(try evaluate(source)) == json)
    }

    /// `parse.textproto` has these with message literals, which this implementation parses and does not evaluate.
    @Test(arguments: [" ", "\t", "\n", "\u{C}", "\r", "// @\n"])
    func `blanks may stand between any two tokens, also of a message`(blank: String) throws {
        let tokens = [
            "[", ".", "cel", ".", "TestAllTypes", "{", "single", ":", "int", "(", "17", ")", "}", ".", "single", "]",
            "[", "0", "]", "==", "(", "18", "-", "1", ")", "&&", "!", "false", "?", "1", ":", "2",
        ]
        #expect { try evaluate(tokens.joined(separator: blank)) } throws: {
            ($0 as? EvaluationError)?.code == .unknownType
        }
    }

    @Test func `the least int is a literal`() throws {
        #expect(try evaluate("-9223372036854775808") == .int(.min))
        #expect(try evaluate("-0x8000000000000000") == .int(.min))
    }

    @Test func `random text never crashes the parser`() {
        var random = SplitMix64(seed: 7)
        let words = [
            "a", "b", ".", "(", ")", "[", "]", "{", "}", ",", ":", "?", "+", "-", "*", "/", "%", "!", "&&", "||", "==",
            "<", "in", "1", "2u", "1.5",
            "'s'", "b'x'", "\"", "'''", "\\", "r'", "all", "map", "has", "size", "true", "null", "`", "//", "\n", "0x",
            "é", "\u{0}",
        ]
        for _ in 0..<20_000 {
            let source = (0..<Int.random(in: 0..<16, using: &random)).compactMap { _ in
                words.randomElement(using: &random)
            }
            .joined(separator: Bool.random(using: &random) ? " " : "")
            guard let expression = try? Expression(source) else { continue }
            if let value = try? expression.evaluate(Scope([("a", [1, "x"]), ("b", ["a": 1])])) {
                #expect(!JSON.bytes(value).isEmpty)
            }
        }
    }
}
