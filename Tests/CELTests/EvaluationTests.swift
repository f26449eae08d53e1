import CEL
import Synchronization
import Testing

struct EvaluationTests {
    @Test(arguments: [
        ("input.nme", "1:7: no such key: 'nme'"),
        ("input.name.first", "1:12: type string has no fields, so no 'first'"),
        ("inptu.name", "1:1: no variable is named 'inptu'"),
        ("input.n + 'a'", "1:9: no overload of '+' takes (int, string)"),
        ("input.n +\n  input.n / 0", "2:11: division by zero"),
        ("input.n % 0", "1:9: remainder of a division by zero"),
        ("9223372036854775807 + input.n", "1:21: the result of '+' is out of range"),
        ("-(-9223372036854775807 - 1)", "1:1: the result of '-' is out of range"),
        ("input.list[3]", "1:11: index 3 is outside of a list of 2"),
        ("input.list[-1]", "1:11: index -1 is outside of a list of 2"),
        ("input.list[0.5]", "1:11: the index of a list must be a whole number"),
        ("input['x']", "1:6: no such key: 'x'"),
        ("sizze(input)", "1:1: unknown function 'sizze'"),
        (
            "input.name.matches('a')",
            "1:12: 'matches' is not supported, since a regular expression has no cost limit; "
                + "there are 'contains', 'startsWith' and 'endsWith'"
        ),
        ("!-1", "1:1: no overload of '!' takes (int)"),
        ("uint(-0.5)", "1:1: the result of 'uint' is out of range"),
        ("{1: 2, 1u: 3}", "1:1: the map has the key '1' twice"),
        (
            "input.name.startsWith()",
            "1:12: function 'startsWith' cannot be called as a method with 0 arguments; write 'text.startsWith(part)'"
        ),
        ("a.B{c: 1}", "1:3: unknown type 'a.B': there are no messages"),
        ("int('x')", "1:1: 'x' is not an int"),
        (
            "timestamp('2009-02-30T00:00:00Z')",
            "1:1: '2009-02-30T00:00:00Z' is not a timestamp (RFC 3339, years 0001 to 9999)"
        ),
        ("duration('3 days')", "1:1: '3 days' is not a duration (such as '1h30m' or '1.5s')"),
        (
            "timestamp(0).getHours('Mars/Base')",
            "1:14: unknown time zone 'Mars/Base'; an offset such as '+02:00' always works"
        ),
        ("{'a': 1, 'a': 2}", "1:1: the map has the key '\"a\"' twice"),
        ("{1.5: 1}", "1:1: a key of a map cannot be of type double"),
        ("1 ? 2 : 3", "1:3: no overload of '_ ? _ : _' takes (int)"),
        ("input.name && true", "1:12: no overload of '&&' takes (string)"),
        ("1.all(x, true)", "1:3: no overload of 'all' takes (int)"),
        ("'a'.all(x, true)", "1:5: no overload of 'all' takes (string)"),
    ])
    func `an error says what and where`(source: String, error: String) {
        #expect(complaint(source, #"{"input":{"name":"Ada","n":1,"list":[1,2]}}"#) == error)
    }

    @Test func `errors have codes`() throws {
        let codes: [(String, EvaluationError.Code)] = [
            ("{}.a", .noSuchKey), ("1 / 0", .divisionByZero), ("x", .undeclared), ("f()", .unknownFunction),
            ("1 + 'a'", .noSuchOverload),
            ("uint(-1)", .overflow), ("[][0]", .indexOutOfRange), ("(1).a", .noSuchField), ("{null: 1}", .badKey),
            ("A{}", .unknownType),
            ("int('a')", .invalidArgument),
        ]
        for (source, code) in codes {
            #expect { try Expression(source).evaluate(Scope()) } throws: { ($0 as? EvaluationError)?.code == code }
        }
    }

    @Test func `a lazy variable is made once in an evaluation and not at all when nothing reads it`() throws {
        let count = Mutex(0)
        var scope = Scope([("a", 1)])
        scope.bind("slow") {
            count.withLock { $0 += 1 }
            return ["x": 2]
        }
        #expect(try Expression("a").evaluate(scope) == 1)
        #expect(count.withLock { $0 } == 0)
        #expect(try Expression("slow.x + slow.x + a").evaluate(scope) == 5)
        #expect(count.withLock { $0 } == 1)
    }

    @Test func `the longest dotted name wins and a macro's variable hides all`() throws {
        let scope = Scope([("a.b", ["c": 1]), ("a.b.c", 2), ("a", ["b": ["c": 3]])])
        #expect(try Expression("a.b.c").evaluate(scope) == 2)
        #expect(try Expression("a['b'].c").evaluate(scope) == 3)
        #expect(try Expression("[{'b': {'c': 4}}].map(a, a.b.c)[0]").evaluate(scope) == 4)
        #expect(try Expression("[{'b': {'c': 4}}].map(a, .a.b.c)[0]").evaluate(scope) == 2)
        #expect(try Expression("c", container: "a.b").evaluate(scope) == 2)
    }

    @Test func `nested macros keep their variables apart`() throws {
        #expect(try evaluate("[1, 2].map(x, [10, 20].map(y, x + y))") == [[11, 21], [12, 22]])
        #expect(try evaluate("[1, 2].map(x, [x].map(x, x * 10)[0] + x)") == [11, 22])
        #expect(try evaluate("[[1, 2], [3]].filter(l, l.exists(x, x > 2))") == [[3]])
        #expect(try evaluate("{'a': 1, 'b': 2}.transformMap(k, v, v > 1, k + string(v))") == ["b": "b2"])
    }

    @Test func `strings compare by code point and never by what they look like`() throws {
        #expect(try evaluate(#"'\u00e9' == 'e\u0301'"#) == false)
        #expect(try evaluate(#"'e\u0301' in {'\u00e9': 1}"#) == false)
        #expect(try evaluate(#"'Z' < 'a' && 'a' < 'ä' && 'ä' < '\U0001F600' && 'a' < 'ab' && '' < 'a'"#) == true)
        #expect(try evaluate("size('e\u{301}')") == 2)
    }

    @Test func `searching finds what is there`() throws {
        #expect(try evaluate("'aabaabaaab'.contains('aabaaab')") == true)
        #expect(try evaluate("'aabaabaab'.contains('aabaaab')") == false)
        #expect(try evaluate("'grüße'.endsWith('ße') && 'grüße'.startsWith('grü') && !'a'.endsWith('ba')") == true)
    }

    @Test func `numbers convert to the shortest text`() throws {
        #expect(
            try evaluate("[1.0, 0.1, -2.5, 1e21, 1e-7].map(x, string(x))") == ["1", "0.1", "-2.5", "1e+21", "1e-07"])
        #expect(try evaluate("double(string(0.1)) == 0.1") == true)
    }
}

struct CheckerTests {
    @Test func `references name variables and fields but neither types nor macro variables`() throws {
        let source =
            "input.cardNo == 'x' && input['room'].size() > 0 && input.items.exists(i, i.id == vars.id) "
            + "&& type(now) == int && has(result.a.b)"
        let references = try Expression(source).references
        #expect(
            references.map { $0.path.joined(separator: ".") } == [
                "input.cardNo", "input.room", "input.items", "vars.id", "now", "result.a.b",
            ])
        #expect(references.map(\.isTest) == [false, false, false, false, false, true])
        #expect(references[0].root == "input")
        #expect(references[1].place.description == "1:24")
    }

    @Test func `calls name functions with their place, known or not`() throws {
        let calls = try Expression("size(a) + b.size() + f(1, 2) + c.startsWith('x', 'y') + d.map(x, g(x))").calls
        #expect(
            calls.map { "\($0.place) \($0.name)/\($0.arguments) \($0.isMethod) \($0.isKnown)" } == [
                "1:1 size/1 false true", "1:13 size/0 true true", "1:22 f/2 false false",
                "1:34 startsWith/2 true false",
                "1:66 g/1 false false",
            ])
        #expect(!StandardLibrary.contains("matches", arguments: 1, method: true))
        #expect(StandardLibrary.names.contains("exists_one"))
    }

    @Test(arguments: [
        ("1 + 1", Kind.int), ("a + 1", .int), ("'a' + b", .string), ("a == b", .bool), ("!a", .bool), ("a && b", .bool),
        ("has(a.b)", .bool),
        ("a in b", .bool), ("a.all(x, x)", .bool), ("a.map(x, x)", .list), ("{'a': 1}", .map), ("size(a)", .int),
        ("string(a)", .string),
        ("timestamp(a) + b", .timestamp), ("timestamp('x') - timestamp('y')", .timestamp), ("a ? 1 : 2", .int),
        ("null", .null), ("int", .type),
        ("a", nil), ("a.b", nil), ("a ? 1 : 'x'", nil), ("a + b", nil), ("dyn(1)", nil), ("-a", nil), ("a[0]", nil),
        ("a - b", nil),
    ])
    func `the kind of a result is known where the text tells`(source: String, kind: Kind?) throws {
        // A difference of two moments is a span.
        let want = source == "timestamp('x') - timestamp('y')" ? .duration : kind
        #expect(try Expression(source).resultKind == want)
    }

    @Test func `expressions are equal when their texts are`() throws {
        #expect(try Expression("a + 1") == Expression("a + 1"))
        #expect(try Expression("a + 1") != Expression("a + 2"))
        #expect(try Set([Expression("a"), Expression("a"), Expression("b")]).count == 2)
    }
}
