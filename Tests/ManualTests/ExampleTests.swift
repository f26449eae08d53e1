import CEL
import Foundation
import Rehearsal
import SagaCore
import TestPrograms
import Testing
import WorkflowFile

/// What stands in the manual as an example is one: the real readers take it, and what it says is true.
@Suite struct ExampleTests {
    /// What an example may be of; the rest is tested elsewhere, where it is run.
    private static let kinds: Set<String> = [
        "workflow", "states", "expressions", "scenarios", "yogiyogid.yaml", "yogi-gateway.yaml", "shell", "json",
        "text",
        "picture", "python", "php", "node", "go",
    ]

    @Test func `every block of code says what it is an example of`() throws {
        for page in try ManualPage.all() {
            for example in page.examples where !Self.kinds.contains(example.kind ?? "") {
                Issue.record(
                    """
                    \(page.name), line \(example.line): a comment before the block must say what it is, as '; example: shell'; \
                    it is \(example.kind ?? "missing")
                    """)
            }
            #expect(
                page.text.matches(of: #/\n```/#).count == page.examples.count * 2, "\(page.name): a block is not closed"
            )
        }
    }

    @Test func `every workflow of the manual passes the checker`() throws {
        try Self.each("workflow", atLeast: 2) { example, place in
            let file = WorkflowFile.parse(text: example.text, path: place)
            #expect(file.diagnostics.map(\.description) == [])
            let workflow = try #require(file.workflow)
            // Notes say what is only to be known.
            let found = Plan.diagnostics(of: workflow, path: place).filter { $0.severity != .note }
            #expect(found.map(\.description) == [])
        }
    }

    @Test func `every state of the manual passes the checker, in a workflow that has what it needs`() throws {
        try Self.each("states", atLeast: 5) { example, place in
            let file = WorkflowFile.parse(text: Self.workflow(of: example.text), path: place)
            #expect(file.diagnostics.map(\.description) == [], "\(place)\n\(Self.workflow(of: example.text))")
            #expect(file.workflow != nil)
        }
    }

    /// The states of an example, begun with the first of them, and the ends that they lead to.
    private static func workflow(of states: String) -> String {
        let first = states.prefix { $0 != ":" }
        let ends = [("Done", "succeeded"), ("Cancelled", "cancelled")]
            .filter { name, _ in states.contains(name) }
            .map { "\($0): { end: \($1) }\n" }.joined()
        let body = (states + ends).split(separator: "\n").map { "  \($0)\n" }.joined()
        return """
            workflow: example
            version: "1"
            input:
              type: object
              required: [name, room, amount]
              properties:
                name: { type: string }
                room: { type: string }
                amount: { type: integer }
                travellers: { type: integer }
                checkIn: { type: string, format: date }
                zone: { type: string }
            initial: \(first)
            states:
            \(body)
            """
    }

    @Test func `every expression of the manual is true`() throws {
        let json = #"{"input":{"name":"Ann","room":"7","amount":150},"vars":{"paymentId":"p-1"}}"#
        let data = try JSON.parse(Array(json.utf8))
        var variables = try #require(data.mapValue?.entries).map { ($0.key.stringValue ?? "", $0.value) }
        let moment = Timestamp(seconds: 1_900_000_000)
        variables.append(("now", .timestamp(moment)))
        try Self.each("expressions", atLeast: 20) { example, place in
            for line in example.text.split(separator: "\n") {
                do {
                    let value = try Expression(String(line)).evaluate(Scope(variables))
                    #expect(value == .bool(true), "\(place): \(line)")
                } catch {
                    Issue.record("\(place): \(line): \(error)")
                }
            }
        }
    }

    @Test func `every configuration of the manual is loaded`() throws {
        for (kind, load) in [("yogiyogid.yaml", Loaders.daemon), ("yogi-gateway.yaml", Loaders.gateway)] {
            try Self.each(kind, atLeast: 3) { example, place in
                // Users and groups are those of the reader's machine, and not of this one.
                let faults = load(example.text).filter { !$0.contains("on this machine: make it first") }
                #expect(faults == [], "\(place)")
            }
        }
    }

    @Test func `every JSON of the manual reads`() throws {
        try Self.each("json", atLeast: 3) { example, place in
            #expect(throws: Never.self, "\(place)") { try JSON.parse(Array(example.text.utf8)) }
        }
    }

    @Test func `the scenarios of the manual hold for its workflow, crashes included`() async throws {
        let page = try ManualPage.named("yogiyogi.workflow(5)")
        let workflow = try #require(page.examples.first { $0.kind == "workflow" })
        let scenarios = try #require(page.examples.first { $0.kind == "scenarios" })
        let folder = try TemporaryFolder()
        try workflow.text.write(toFile: folder.file("room.yaml"), atomically: true, encoding: .utf8)
        try scenarios.text.write(toFile: folder.file("room.test.yaml"), atomically: true, encoding: .utf8)
        let run = try await Programs.run("yogictl", ["test", folder.file("room.test.yaml"), "--crash"])
        #expect(run.status == 0, "\(run.output)\(run.errors)")
    }

    /// Calls `body` with each example of a kind, and the place where it stands.
    private static func each(
        _ kind: String, atLeast count: Int, _ body: (ManualPage.Example, _ place: String) throws -> Void
    ) throws {
        var found = 0
        for page in try ManualPage.all() {
            for example in page.examples where example.kind == kind {
                found += 1
                try body(example, "\(page.name), line \(example.line)")
            }
        }
        #expect(found >= count, "the manual has \(found) examples of '\(kind)'")
    }
}
