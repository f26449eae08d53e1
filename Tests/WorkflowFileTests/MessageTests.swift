import Foundation
import Testing
import WorkflowFile

/// The exact words of what people meet first.
struct MessageTests {
    private static func workflow(_ state: String) -> String {
        "workflow: w\nversion: \"1\"\ninitial: A\nstates:\n  A: \(state)\n  B: { end: succeeded }\n  C: { end: cancelled }\n"
    }

    @Test(arguments: [
        (
            "{ call: x.y, compensate: none, because: \"it reads\", pivot: \"true\", then: B, refused: C }",
            "a.yaml:5:65: error: 'pivot' must be true or false, is 'true'; write it without quotes [YG0102]"
        ),
        (
            "{ call: x.y, compensate: none, because: \"it reads\", retry: { attempts: '3' }, then: B, refused: C }",
            "a.yaml:5:77: error: 'attempts' must be a whole number, is '3'; write it without quotes [YG0102]"
        ),
        (
            "{ call: x.y, compensate: none, because: \"it reads\", retry: { attempts: three }, then: B, refused: C }",
            "a.yaml:5:77: error: 'attempts' must be a whole number, is 'three' [YG0102]"
        ),
        (
            "{ signals: { go: { then: B, thn: x } } }",
            "a.yaml:5:34: error: unknown key 'thn' in signal 'go'; did you mean 'then'? [YG0101]"
        ),
        (
            "{ signals: { go: { then: B, frob: x } } }",
            "a.yaml:5:34: error: unknown key 'frob' in signal 'go'; known: 'data', 'then' [YG0101]"
        ),
        (
            "{ signals: { go: { if: x, to: B } } }",
            "a.yaml:5:25: error: unknown key 'if' in a route of signal 'go'; known: 'when', 'set', 'to', 'stay' [YG0101]"
        ),
        (
            "{ then: B, frobnicate: x }", "a.yaml:5:17: error: unknown key 'frobnicate' in state 'A' [YG0101]"
        ),
    ])
    func `a slip in a state is told with what to do`(_ state: String, _ message: String) {
        let found = Self.workflow(state).diagnostics
        #expect(found.contains { Self.bare($0) == Self.bare(message) }, "\(found)")
    }

    /// Without its code, which other tests hold.
    private static func bare(_ text: String) -> Substring {
        text[..<(text.range(of: " [YG")?.lowerBound ?? text.endIndex)]
    }

    @Test(arguments: [
        (
            "workflow: w\nversion: \"1\"\nstates:\n  A:\n    then: B\n   signals: { go: B }\n",
            "a.yaml:6:4: error: this line is indented by 3 spaces, and the map that it would belong to by 2 spaces (line 4); "
                + "indent its keys alike; the line above is 'then: B' [YG0001]"
        ),
        (
            "workflow: w\n  version: \"1\"\n",
            "a.yaml:2:10: error: this line is indented by 2 spaces, further than the line above, which has a value already; "
                + "indent it alike, or take that value away: 'workflow: w' [YG0001]"
        ),
        (
            "states:\n  A:\n    then:\n      - to: B\n     - to: C\n",
            "a.yaml:5:6: error: this line is indented by 5 spaces, and the map that it would belong to by 4 spaces (line 3); "
                + "indent its keys alike; the line above is '- to: B' [YG0001]"
        ),
        (
            "summary: one: two\n",
            "a.yaml:1:13: error: a second ': ' in one line; put the value in quotes, or the inner key on a line of its own, "
                + "indented further [YG0001]"
        ),
        (
            "workflow: w\nversion\ninitial: A\n",
            "a.yaml:2:1: error: this line is no 'key: value'; a key is followed by ': ', and a text that goes on is indented "
                + "further than its key; the line above is 'workflow: w' [YG0001]"
        ),
        (
            "states:\n  A: { then: B\n  B: { end: succeeded }\n",
            "a.yaml:3:4: error: the '{' of line 2 is not closed with '}' before this, or a ',' is missing; the line above is "
                + "'A: { then: B' [YG0001]"
        ),
        (
            "then: [ A, B\nset: x\n",
            "a.yaml:2:4: error: the '[' of line 1 is not closed with ']' before this, or a ',' is missing; the line above is "
                + "'then: [ A, B' [YG0001]"
        ),
        ("a: @b\n", "a.yaml:1:4: error: '@b' cannot begin a value; put the text in quotes [YG0001]"),
        ("a: \"b\nc: d\n", "a.yaml:1:4: error: the quote that opens here is not closed [YG0001]"),
        (
            "a: - b\n",
            "a.yaml:1:4: error: a list cannot begin behind other text; begin it on a line of its own [YG0001]"
        ),
        (
            "a: \"b\" c\n",
            "a.yaml:1:8: error: 'c' is not expected behind a value; put the whole value in quotes [YG0001]"
        ),
    ])
    func `what YAML cannot read is told in our words, with the line above`(_ text: String, _ message: String) {
        #expect(text.diagnostics.first == message)
    }

    @Test func `any text is told of in one line, whatever libyaml says of it`() throws {
        var random = SystemRandomNumberGenerator()
        let whole = Array(
            try String(contentsOf: Fixtures.root.appendingPathComponent("workflows/order.yaml"), encoding: .utf8))
        for _ in 0..<300 {
            var text = whole
            for _ in 0...Int.random(in: 0...2, using: &random) {
                let at = Int.random(in: 0..<text.count, using: &random)
                text[at] = [" ", ":", "-", "{", "}", "'", "\"", "\n", "@", "?"].randomElement(using: &random) ?? " "
            }
            for line in String(text).diagnostics { #expect(!line.contains("\n")) }
        }
    }

    @Test func `a time that was kept is a text, and must be read again`() {
        let text = """
            workflow: w
            version: "1"
            initial: A
            states:
              A: { set: { due: "${ now }", span: "${ duration('1h') }" }, then: B }
              B:
                set:
                  late: "${ vars.due + duration('1h') }"
                  past: "${ vars.due < now }"
                  hour: "${ vars.due.getHours() }"
                  next: "${ now + vars.span }"
                then: C
              C: { end: succeeded }

            """
        #expect(
            text.diagnostics == [
                "a.yaml:8:26: error: operator '+' cannot take 'vars.due' (string) and a value of type duration; a time that is "
                    + "kept is a text: write 'timestamp(vars.due)' [YG0415]",
                "a.yaml:9:26: error: operator '<' cannot take 'vars.due' (string) and 'now' (timestamp); a time that is kept "
                    + "is a text: write 'timestamp(vars.due)' [YG0415]",
                "a.yaml:10:26: error: 'getHours' cannot take 'vars.due' (string); a time that is kept is a text: write "
                    + "'timestamp(vars.due)' [YG0415]",
                "a.yaml:11:21: error: operator '+' cannot take 'now' (timestamp) and 'vars.span' (string); a duration that is "
                    + "kept is a text: write 'duration(vars.span)' [YG0415]",
            ])
    }
}
