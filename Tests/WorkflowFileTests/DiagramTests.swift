import Basics
import Foundation
import SagaCore
import Testing
import WorkflowFile

struct DiagramTests {
    @Test(arguments: try Fixtures.names(in: "valid"))
    func `a workflow is drawn as it was`(_ name: String) throws {
        let file = WorkflowFile.parse(bytes: try Fixtures.bytes("valid/\(name)"), path: name)
        let layout = DiagramLayout(Diagram(try #require(file.workflow)))
        try Fixtures.expect(SVGDrawing.file(of: layout), for: "valid/\(name)", extension: "svg")
        Drawn.check(layout)
    }

    @Test func `the shipped workflow has all its ways, with nothing crossed`() throws {
        let workflow = try Self.reservation()
        let layout = DiagramLayout(Diagram(workflow))
        try Fixtures.expect(SVGDrawing.file(of: layout), for: "drawn/reservation.yaml", extension: "svg")
        Drawn.check(layout)
        #expect(layout.crossings == 0)
        let labels = layout.diagram.arrows.flatMap(\.labels).map(\.text)
        #expect(
            labels == [
                "succeeded", "refused no-such-room", "refused room-taken", "refused", "succeeded",
                "refused card-declined", "refused", "after 10m", "refused not-held", "refused", "signal reject",
                "after 72h", "signal confirm",
            ])
    }

    @Test func `a saga's way and what its steps left are in words, symbols and classes`() throws {
        let overlay = DiagramOverlay(
            current: "Reserved", visited: ["Ordered", "Paying", "Reserved"],
            taken: [.init(from: "Ordered", to: "Paying"), .init(from: "Paying", to: "Reserved")],
            effects: [
                "Ordered": [.init(.undoWaits)], "Paying": [.init(.beingUndone, note: "3 attempts")],
                "Reserved": [.init(.done)],
            ])
        let layout = DiagramLayout(Diagram(try Self.reservation(), overlay: overlay))
        Drawn.check(layout)
        let text = SVGDrawing.file(of: layout)
        try Fixtures.expect(text, for: "drawn/undoing.yaml", extension: "svg")
        for part in [
            "class=\"box plain been\"", "class=\"box plain here\"", "class=\"box cancelled never\"",
            "t-undo\" x=", "↶ being undone · 3 attempts", "✓ done", "◷ undo comes next",
        ] {
            #expect(text.contains(part), "\(part)")
        }
        #expect(text.split(separator: "class=\"arrow taken\"").count == 3)
        #expect(layout.diagram.summary.contains("here now: Reserved"))
    }

    @Test func `no text of a file is markup in the drawing`() throws {
        let nasty = #"<script>"'&]]>"#
        let states = [
            State(
                name: nasty, then: [Route(to: "end")],
                signals: [SignalRule(name: nasty, action: .routes([Route(to: "end")]))]),
            State(name: "end", end: .succeeded),
        ]
        let workflow = Workflow(name: nasty, version: "\u{1}\u{FFFE}", initial: nasty, states: states)
        let text = SVGDrawing.file(of: DiagramLayout(Diagram(workflow)))
        #expect(!text.contains("<script"))
        #expect(text.contains("&lt;script&gt;&quot;&#39;&amp;]]&gt;"))
        #expect(!text.unicodeScalars.contains { $0.value < 0x20 && $0 != "\n" || $0.value == 0xFFFE })
        #expect(!text.contains(" style="))
    }

    @Test(arguments: 0..<60)
    func `whatever the workflow, nothing lies upon anything and each transition is there once`(seed: UInt64) {
        let workflow = Drawn.workflow(seed: seed, states: Int(seed % 24) + 1, ways: Int(seed % 5) + 1)
        let layout = DiagramLayout(Diagram(workflow))
        Drawn.check(layout)
        #expect(layout.diagram.arrows.reduce(0) { $0 + $1.labels.count } == workflow.states.flatMap(\.signals).count)
        #expect(SVGDrawing.file(of: layout) == SVGDrawing.file(of: DiagramLayout(Diagram(workflow))))
    }

    @Test func `the first way out of each state goes straight down`() throws {
        let layout = DiagramLayout(Diagram(try Self.reservation()))
        for (from, to) in [(0, 1), (1, 2)] {
            let place = try #require(layout.diagram.arrows.firstIndex { $0.from == from && $0.to == to })
            let lines = layout.arrows[place].stops.map(\.x)
            #expect(lines.allSatisfy { abs($0 - lines[0]) <= 1 }, "\(lines)")
        }
    }

    @Test func `a state that is entered again, and a way back, are drawn`() {
        let again = SignalRule(name: "again", action: .routes([Route(to: "a")]))
        let on = SignalRule(name: "on", action: .routes([Route(to: "b")]))
        let back = SignalRule(name: "back", action: .routes([Route(to: "a")]))
        let states = [State(name: "a", signals: [again, on]), State(name: "b", signals: [back])]
        let layout = DiagramLayout(
            Diagram(Workflow(name: "w", version: "1", initial: "a", states: states)))
        Drawn.check(layout)
        #expect(layout.arrows.map(\.leadsUp) == [false, false, true])
        #expect(layout.arrows[0].stops.isEmpty)
    }

    /// Twice the states, twice the work: nothing of it grows with the square.
    @Test(arguments: [2, 12])
    func `the largest workflow costs what its size costs`(ways: Int) {
        let half = DiagramLayout(Diagram(Drawn.workflow(seed: 7, states: 250, ways: ways)))
        let whole = DiagramLayout(Diagram(Drawn.workflow(seed: 7, states: 500, ways: ways)))
        #expect(whole.work < half.work * 3, "\(half.work) \(whole.work)")
        #expect(SVGDrawing.file(of: whole).utf8.count < SVGDrawing.file(of: half).utf8.count * 3)
    }

    /// Each of 500 states leads to all before and after it within sight, and to both ends of the chain: what is too long names its target.
    @Test func `an arrow past too many layers names its target instead`() {
        let workflow = Drawn.chain(states: 300)
        let layout = DiagramLayout(Diagram(workflow))
        let pills = layout.arrows.filter { $0.pill != nil }
        #expect(pills.count > 250)
        #expect(layout.arrows.count { $0.pill == nil } >= 299)
        Drawn.checkSizes(layout)
        #expect(SVGDrawing.file(of: layout).contains("→ Cancelled</text>"))
    }

    private static func reservation() throws -> Workflow {
        let path = Fixtures.root.appendingPathComponent("workflows/reservation.yaml").path
        return try #require(WorkflowFile.load(path: path).workflow)
    }
}
