import Testing

@testable import CEL

struct FunctionTests {
    @Test(arguments: [
        ("json('{\"a\": [1, 2.5, null]}')", "{\"a\":[1,2.5,null]}"), ("json(' 7 ')", "7"), ("json('\"x\"')", "\"x\""),
        ("json('18446744073709551615')", "18446744073709551615"), ("json('[]')", "[]"),
        ("json(text(input)) == input", "true"), ("text([])", "\"[]\""), ("text('a\"b')", "\"\\\"a\\\\\\\"b\\\"\""),
        (
            "text({'a': timestamp(0), 'b': duration('90s')})",
            "\"{\\\"a\\\":\\\"1970-01-01T00:00:00Z\\\",\\\"b\\\":\\\"90s\\\"}\""
        ),
        ("text({1: 2, true: 3})", "\"{\\\"1\\\":2,\\\"true\\\":3}\""), ("text(null)", "\"null\""),
        ("text('é\\u0001')", "\"\\\"é\\\\u0001\\\"\""),
        ("days('2024-02-28', 1)", "\"2024-02-29\""), ("days('2026-02-28', 1)", "\"2026-03-01\""),
        ("days('2024-03-01', -1)", "\"2024-02-29\""), ("days('1900-02-28', 1)", "\"1900-03-01\""),
        ("days('2000-02-28', 1)", "\"2000-02-29\""), ("days('2026-12-31', 1)", "\"2027-01-01\""),
        ("days('0001-01-01', 3652058)", "\"9999-12-31\""), ("days('2026-07-01', 0)", "\"2026-07-01\""),
        ("days(input.checkIn, -1) + 'T18:00:00'", "\"2026-02-28T18:00:00\""),
        ("sum([])", "0"), ("sum([1, 2, 3])", "6"), ("sum([0.5, 0.25])", "0.75"), ("sum([1u, 2u])", "3"),
        ("type(sum([1u])) == uint", "true"), ("sum([9223372036854775807, -1])", "9223372036854775806"),
        ("sum([9223372036854775807, 1, -1])", "1:1: the result of '+' is out of range"),
        ("'a,b,,c'.split(',')", "[\"a\",\"b\",\"\",\"c\"]"), ("''.split(',')", "[\"\"]"),
        ("','.split(',')", "[\"\",\"\"]"),
        ("'a--b-c'.split('--')", "[\"a\",\"b-c\"]"), ("'aaa'.split('aa')", "[\"\",\"a\"]"),
        ("'abc'.split('abcd')", "[\"abc\"]"),
        ("'aé😀'.split('')", "[\"a\",\"é\",\"😀\"]"), ("''.split('')", "[]"), ("'x€y'.split('€')", "[\"x\",\"y\"]"),
        ("'ababac'.split('abac')", "[\"ab\",\"\"]"),
        ("['a', 'b'].join(', ')", "\"a, b\""), ("[].join('x')", "\"\""), ("['a', 'b'].join()", "\"ab\""),
        ("['one'].join('-')", "\"one\""), ("'a b c'.split(' ').map(x, x + '!').join('')", "\"a!b!c!\""),
    ])
    func `it gives`(_ source: String, _ value: String) {
        let data = "{\"input\": {\"checkIn\": \"2026-03-01\", \"n\": [1, {\"x\": \"é\\n\"}]}}"
        do {
            #expect("\(try evaluate(source, data))" == value)
        } catch {
            #expect("\(error)" == value)
        }
    }

    @Test(arguments: [
        ("json('{')", "1:1: the text is no JSON: the text ends where a key in double quotes is expected (1:2)"),
        ("json('')", "1:1: the text is no JSON: the text ends where a value is expected (1:1)"),
        ("json('{\"a\":1,\"a\":2}')", "1:1: the text is no JSON: duplicate key 'a' in the object (1:1)"),
        ("json(1)", "1:1: no overload of 'json' takes (int)"),
        (
            "text({1: 'a', '1': 'b'})",
            "1:1: the value cannot be written as JSON: duplicate key '1' in the object"
        ),
        ("days('2026-02-30', 1)", "1:1: '2026-02-30' is no date, as '2026-03-29'"),
        ("days('2026-02-28T00:00', 1)", "1:1: '2026-02-28T00:00' is no date, as '2026-03-29'"),
        ("days('9999-12-31', 1)", "1:1: the result of 'days' is out of range"),
        ("days('0001-01-01', -1)", "1:1: the result of 'days' is out of range"),
        ("days('2026-01-01', 9223372036854775807)", "1:1: the result of 'days' is out of range"),
        ("days('1969-01-01', -9223372036854775808)", "1:1: the result of 'days' is out of range"),
        ("days('2026-01-01', 1.0)", "1:1: no overload of 'days' takes (string, double)"),
        (
            "sum([1, 2.5])",
            "1:1: 'sum' takes numbers of one kind, and element 1 is double behind int; convert each: "
                + "'sum(list.map(x, double(x)))'"
        ),
        ("sum([1, 'a'])", "1:1: 'sum' takes numbers, and element 1 is string"),
        ("sum(['a'])", "1:1: 'sum' takes numbers, and element 0 is string"),
        ("sum([[]])", "1:1: 'sum' takes numbers, and element 0 is list"),
        ("sum({})", "1:1: no overload of 'sum' takes (map)"),
        (
            "['a', 1].join(',')",
            "1:10: 'join' takes texts, and element 1 is int; convert each: 'list.map(x, string(x)).join(…)'"
        ),
        ("'a'.join(',')", "1:5: no overload of 'join' takes (string, string)"),
        ("[].split(',')", "1:4: no overload of 'split' takes (list, string)"),
        ("'a'.split(1)", "1:5: no overload of 'split' takes (string, int)"),
        ("'a'.frobnicate(1)", "1:5: unknown function 'frobnicate'"),
        ("frobnicate()", "1:1: unknown function 'frobnicate'"),
        ("split('a', ',')", "1:1: function 'split' cannot be called with 2 arguments; write 'text.split(separator)'"),
        (
            "'a'.split()",
            "1:5: function 'split' cannot be called as a method with 0 arguments; write 'text.split(separator)'"
        ),
        ("size()", "1:1: function 'size' cannot be called with 0 arguments; write 'size(value)'"),
        (
            "now.getHours(1, 2)",
            "1:5: function 'getHours' cannot be called as a method with 2 arguments; write 'time.getHours()' or "
                + "'time.getHours(zone)'"
        ),
    ])
    func `it says`(_ source: String, _ message: String) { #expect(complaint(source) == message) }

    @Test(arguments: [
        "json(big)", "text(big)", "big.split('')", "big.split('a')", "big.split(',').join(',')", "text([big, big])",
        "text(lists.map(a, lists.map(b, lists.map(c, lists))))", "lists.map(a, big).join('')",
        "[lists, lists].map(a, text(lists.map(b, big))).join('')",
    ])
    func `what is huge is refused before it takes long`(_ source: String) throws {
        let data = MapValue([
            ("big", .string(String(repeating: "a", count: 9 << 20))),
            ("lists", .list((0..<100).map { .int($0) })),
        ])
        let scope = Scope(data.entries.map { ($0.key.stringValue ?? "", $0.value) })
        #expect {
            try Expression(source).evaluate(scope)
        } throws: { error in
            (error as? EvaluationError)?.code == .cost
        }
    }

    @Test func `splitting looks at each byte once, whatever the separator`() throws {
        // Some 3 MB, for which a search that begins anew at each place takes 10^12 steps.
        let text = String(repeating: "a", count: 3_000_000)
        let scope = Scope([("t", .string(text)), ("s", .string(String(repeating: "a", count: 1_000_000) + "b"))])
        #expect(try Expression("t.split(s).size()").evaluate(scope) == 1)
    }

    @Test func `the types of what they give are known`() throws {
        func type(_ source: String) throws -> ValueType {
            try #require(ExpressionTree(try Expression(source))).types(in: [:]).type
        }
        #expect(try type("'a'.split(',')") == ValueType(.list, items: .of(.string)))
        #expect(try type("['a'].join()").kinds == .string)
        #expect(try type("days('2026-01-01', 1)").form == .date)
        #expect(try type("local('2026-01-01T00:00', 'UTC')").kinds == .timestamp)
        #expect(try type("json('1')").isAny)
        #expect(try type("sum([1])").kinds == .int)
        #expect(try type("sum([1.5])").kinds == [.int, .double])
        #expect(try type("text(1)").kinds == .string)
    }
}
