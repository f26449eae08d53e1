import SagaCore
import Testing

@testable import WorkflowFile

/// What the fixtures `types-*.yaml` do not show: that judging types always ends, and what it leaves alone.
struct TypeTests {
    private func workflow(_ states: String, _ more: String = "") -> String {
        """
        workflow: a
        version: "1"
        \(more)
        initial: First
        states:
        \(states)
          Done: { end: succeeded }
        """
    }

    @Test func `a loop that nests a value in itself comes to an end`() {
        let text = workflow(
            """
              First: { set: { a: 1, b: [2], c: {} }, then: Turn }
              Turn:
                signals:
                  go: { set: { a: ["${ vars.a }"], b: "${ vars.b + [vars.b] }", c: { x: "${ vars.c }", y: "${ vars.c }" } }, to: Turn }
                  end: { when: vars.a == 1, to: Done }
            """)
        #expect(text.diagnostics == [])
    }

    @Test func `a loop whose variable changes its type is judged by all that it can be`() {
        let text = workflow(
            """
              First: { set: { a: 1 }, then: Turn }
              Turn:
                signals: { go: { set: { a: x }, to: Turn }, end: { when: vars.a + 1 > 2, to: Done } }
            """)
        #expect(
            text.diagnostics == [
                "a.yaml:8:69: warning: this fails in some sagas: operator '+' cannot take 'vars.a' (string) and 1 (int) [YG0415]"
            ])
    }

    @Test func `more ways and variables than are looked at are told, and nothing is claimed of them`() {
        let names = (0..<450).map { "v\($0)" }
        let set = names.map { "\($0): 1" }.joined(separator: ", ")
        let states = (0..<450).map { number in
            "  S\(number): { signals: { go: { set: { \(names[number]): x }, to: S\((number + 1) % 450) }, back: S\((number + 449) % 450), "
                + "end: { when: vars.v1, to: Done } } }"
        }
        let text = workflow("  First: { set: { \(set) }, then: S0 }\n" + states.joined(separator: "\n"))
        #expect(text.diagnostics.count == 1)
        #expect(text.diagnostics.first?.hasSuffix("[YG0422]") == true)
    }

    @Test func `what a store has pinned is not judged again`() {
        let text = workflow(
            "  First: { then: [{ when: input.a, to: Done }] , signals: { go: Done } }",
            "input: { type: object, properties: { a: { type: string } } }")
        #expect(text.diagnostics.contains { $0.hasSuffix("[YG0407]") })
        let pinned = WorkflowFile.parse(pinned: text, path: "a.yaml")
        #expect(pinned.workflow != nil)
        #expect(pinned.diagnostics == [])
    }

    @Test func `a state that nothing leads to claims nothing of its variables`() {
        let text = workflow(
            """
              First: { signals: { go: Done } }
              Lost: { signals: { go: { when: vars.a > 2, set: { a: x }, to: Done } } }
            """)
        #expect(text.diagnostics.map { String($0.suffix(8)) } == ["[YG0202]"])
    }

    @Test func `a secret cannot be declared in a result`() {
        let text = workflow(
            """
              First:
                call: a.b
                compensate: none
                because: it reads
                result: { type: object, properties: { card: { type: string, secret: true } } }
                then: Done
                refused: Done
                retry: { attempts: 2 }
            """)
        #expect(text.diagnostics.map { String($0.suffix(8)) } == ["[YG0112]"])
    }

    @Test func `a deadline leads out of every state with what is known there`() {
        let text = workflow(
            """
              First: { signals: { go: { set: { a: 1 }, to: Second } } }
              Second: { signals: { go: Done } }
              Late: { signals: { go: { when: vars.a == 1, to: Done } } }
            """, "deadline: { after: 1h, to: Late }")
        #expect(text.diagnostics.map { String($0.suffix(8)) } == ["[YG0417]"])
    }
}
