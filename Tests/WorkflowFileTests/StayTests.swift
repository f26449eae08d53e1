import CEL
import SagaCore
import Testing
import WorkflowFile

/// `stay`: a signal that is handled without leaving the state.
struct StayTests {
    private static func file(_ signals: String, after: String = "{ 1h: Done }", then: String = "") -> String {
        """
        workflow: w
        version: "1"
        initial: Open
        states:
          Open: { set: { n: 0 }, signals: { \(signals) }, after: \(after)\(then) }
          Done: { end: succeeded }
          Off: { end: cancelled }

        """
    }

    private func rule(_ signals: String) throws -> SignalRule {
        let file = WorkflowFile.parse(text: Self.file(signals), path: "a.yaml")
        #expect(file.diagnostics == [])
        return try #require(file.workflow?.state("Open")?.signals.first)
    }

    @Test func `it is a word, a route, and one of a list`() throws {
        #expect(try rule("nudge: stay").routes.map(\.to) == [nil])
        let set = try rule("nudge: { set: { n: 1 }, stay: true }")
        #expect(set.routes.map(\.to) == [nil])
        #expect(set.routes.first?.set.map(\.name) == ["n"])
        #expect(
            try rule("nudge: [{ when: vars.n > 1, to: Done }, { when: vars.n > 0, stay: true }, stay]").routes.map(\.to)
                == ["Done", nil, nil])
        #expect(try rule("nudge: { data: { type: object }, then: stay }").data != nil)
    }

    @Test(arguments: [
        ("nudge: { set: { n: 1 } }", "a route of signal 'nudge' has no 'to', nor 'stay: true'"),
        ("nudge: { stay: false }", "'stay' must be true; write 'to' where the saga leaves"),
        ("nudge: { stay: \"true\" }", "'stay' must be true or false, is 'true'; write it without quotes"),
        (
            "nudge: { stay: true, to: Done }",
            "a route of signal 'nudge' has 'to' and 'stay'; a saga goes there or it stays"
        ),
        ("nudge: [stay, Done]", "this route is never taken: the one before it has no 'when'"),
        ("nudge: { set: { n: \"${ signal.dat }\" }, stay: true }", "'signal' has no field 'dat'; did you mean 'data'?"),
    ])
    func `what contradicts it is refused`(_ signals: String, _ message: String) {
        let found = Self.file(signals).diagnostics
        #expect(found.count == 1 && found[0].contains(" error: \(message) ["), "\(found)")
    }

    @Test func `nobody else can stay, and no state has that name`() {
        let then = Self.file("go: Done", then: ", then: [{ when: vars.n > 1, stay: true }]").diagnostics
        #expect(then.contains { $0.contains("unknown key 'stay' in a route of 'then'; known: 'when', 'set', 'to'") })
        let named = Self.file("go: Done").replacing("Off:", with: "stay:").diagnostics
        #expect(named.contains { $0.contains("'stay' cannot name a state") })
        let timer = Self.file("go: Done", after: "{ 1h: stay }").diagnostics
        #expect(timer.contains { $0.contains("no such state 'stay'") })
    }

    @Test func `it is no way out of a state`() {
        let text = Self.file("nudge: stay", after: "{ 1h: Done }").replacing(", after: { 1h: Done }", with: "")
        #expect(text.diagnostics.contains { $0.contains("nothing leads out of state 'Open'") }, "\(text.diagnostics)")
    }

    @Test func `a way back into the state is told where it starts timers again`() {
        let message =
            "a.yaml:5:44: note: signal 'nudge' enters 'Open' anew, and its 'after' starts again; write 'stay' where the "
            + "timers are to go on [YG0213]"
        #expect(Self.file("nudge: Open").diagnostics == [message])
        let without = Self.file("nudge: Open, go: Done").replacing(", after: { 1h: Done }", with: "")
        #expect(without.diagnostics == [])
    }

    /// What a signal has set while the saga stayed is known from then on, and not before.
    @Test func `types follow what is set while the saga stays`() {
        let text = """
            workflow: w
            version: "1"
            initial: Calling
            states:
              Calling:
                call: x.y
                compensate: { call: x.z, with: { a: "${ vars.note }" } }
                set: { b: "${ vars.note + 1 }" }
                signals: { note: { set: { note: "${ signal.name }" }, stay: true } }
                then: Done
                refused: Off
                after: { 1h: Off }
              Done: { end: succeeded }
              Off: { end: cancelled }

            """
        #expect(
            text.diagnostics == [
                "a.yaml:7:45: error: no way that leads here sets 'vars.note' before; set it earlier, or test it with "
                    + "'has(vars.note)' [YG0417]",
                "a.yaml:8:19: warning: 'vars.note' is not set on every way that leads here; set it earlier, or test it with "
                    + "'has(vars.note)' [YG0417]",
                "a.yaml:8:29: error: operator '+' cannot take 'vars.note' (string) and 1 (int) [YG0415]",
            ])
    }

    @Test func `a picture shows it as a way back`() throws {
        let file = WorkflowFile.parse(
            text: Self.file("nudge: { when: vars.n == 0, stay: true }, go: Done"), path: "a.yaml")
        let workflow = try #require(file.workflow)
        #expect(MermaidGraph.text(of: workflow).contains("    Open --> Open : signal nudge, stays [vars.n == 0]\n"))
        let arrow = Diagram(workflow).arrows.first { $0.from == 0 && $0.to == 0 }
        #expect(arrow?.labels.map(\.text) == ["signal nudge, stays [vars.n == 0]"])
    }
}
