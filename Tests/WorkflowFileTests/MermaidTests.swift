import Foundation
import SagaCore
import Testing
import WorkflowFile

struct MermaidTests {
    @Test(arguments: ["everything", "smallest"])
    func `a workflow is drawn as it was`(_ name: String) throws {
        let file = WorkflowFile.parse(bytes: try Fixtures.bytes("valid/\(name).yaml"), path: name)
        let text = MermaidGraph.text(of: try #require(file.workflow))
        try Fixtures.expect(text, for: "valid/\(name).yaml", extension: "mermaid")
    }

    @Test func `the shipped workflow is drawn with every way and every undo`() throws {
        let file = WorkflowFile.load(path: Fixtures.root.appendingPathComponent("workflows/reservation.yaml").path)
        let lines = MermaidGraph.text(of: try #require(file.workflow)).split(separator: "\n").map { $0.dropFirst(4) }
        for line in [
            "[*] --> Ordered", "Ordered --> Paying : succeeded", "Paying --> Cancelled : refused card-declined",
            "Paying --> Cancelled : after 10m", "Reserved --> Confirmed : signal confirm",
            "Cancelled --> [*] : cancelled",
            "    undone by payment.refund",
        ] {
            #expect(lines.contains(line[...]), "\(line)")
        }
    }

    /// The lexer of Mermaid's stateDiagram.jison: an id has no `:`, `-`, `{` and no blank and is no word of the language, a
    /// label has no `:`, and no `;` but that of an entity.
    @Test func `whatever names and texts hold, each line is one of the forms of the grammar`() throws {
        let text = MermaidGraph.text(of: try #require(WorkflowFile.parse(text: Self.nasty, path: "a.yaml").workflow))
        let forms = [
            #/stateDiagram-v2/#, #/    %% [^%\n]*/#, #/    [A-Za-z0-9_]+/#, #/    state "[^"]*" as [A-Za-z0-9_]+/#,
            #/    note left of [A-Za-z0-9_]+/#, #/        (?:[^:;#]|#\d+;)+/#, #/    end note/#,
            #/    (?:\[\*\]|[A-Za-z0-9_]+) --> (?:\[\*\]|[A-Za-z0-9_]+)(?: : (?:[^:;#"<>%]|#\d+;)+)?/#,
        ]
        for line in text.split(separator: "\n") {
            #expect(forms.contains { line.wholeMatch(of: $0) != nil }, "\(line)")
        }
        let ends = text.split(separator: "\n").filter { $0.lowercased().contains("end note") }
        #expect(ends.count == text.split(separator: "\n").count { $0.hasPrefix("    note") })
        for word in ["end", "default", "Note", "way-ting"] { #expect(!text.contains("    \(word) -->"), "\(word)") }
        #expect(text.contains(#"state "way-ting" as s3"#))
    }

    private static let nasty = #"""
        workflow: nasty
        version: "1%%{init}%%"
        deadline: { after: "${ now + duration('1h') }", to: end }
        initial: default
        states:
          default:
            call: a.b
            compensate: none
            because: "50%% off; see #7: <b>End Note</b> \"x\" -->\nthe End note"
            refused: end
            then:
              - when: "result.a == 'x: y; #z' && result.b > 1 ? true\n  : '%%{' in result"
                to: Note
              - { to: way-ting }
          Note: { then: way-ting }
          way-ting:
            signals: { go: end }
            after: { "${ now + duration('1m') }": end }
          end: { end: cancelled }
        """#
}
