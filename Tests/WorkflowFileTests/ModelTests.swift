import CEL
import SagaCore
import Testing
import WorkflowFile

/// What the reader makes of `valid/everything.yaml`.
struct ModelTests {
    private let workflow: Workflow

    init() throws {
        let file = WorkflowFile.parse(bytes: try Fixtures.bytes("valid/everything.yaml"), path: "everything.yaml")
        workflow = try #require(file.workflow)
    }

    private func state(_ name: String) throws -> State { try #require(workflow.state(name)) }

    @Test func `the top of the file is kept`() {
        #expect(workflow.name == "every-thing")
        #expect(workflow.version == "2026.1-rc.1")
        #expect(workflow.summary == "Shows every key of the language.")
        #expect(workflow.initial == "Choosing")
        #expect(workflow.cancelTarget == "Cancelled")
        #expect(workflow.deadline == Deadline(after: .after(milliseconds: 30 * 86_400_000), to: "Late"))
        #expect(workflow.attributes.map(\.name) == ["name", "price"])
        #expect(workflow.attributes.last?.value == .literal("${ not an expression }"))
        #expect(workflow.views.map(\.name) == ["by-name"])
        #expect(workflow.input?.secretPaths == [["card"]])
        #expect(workflow.participants == ["payment"])
    }

    @Test func `a state takes from the defaults what it does not say itself`() throws {
        let step = try #require(state("Charging").step)
        #expect(step.call == Operation(participant: "payment", operation: "charge"))
        #expect(step.timeout == 610)
        #expect(step.retry == RetryPolicy(attempts: 5, interval: 100, backoff: 1.5, max: 10_000, jitter: false))
        #expect(step.unknown == .redrive)
        #expect(!step.pivot)
        #expect(try state("Charging").refused.map(\.code) == ["card-declined", "gone", nil])
        #expect(try state("Charging").refused.map(\.route.to) == ["Failed", "Cancelled", "Failed"])
    }

    @Test func `a compensation has a policy of its own, without end unless it says so`() throws {
        guard case .call(let undo)? = try state("Charging").step?.compensation else {
            Issue.record("no compensation")
            return
        }
        #expect(undo.call == Operation(participant: "payment", operation: "refund"))
        #expect(undo.timeout == 5_000)
        // An interval above the usual cap lifts it.
        #expect(undo.retry == RetryPolicy(attempts: 9, interval: 45_000, backoff: 2, max: 45_000, jitter: true))
    }

    @Test func `signals and timers lead where the file says`() throws {
        let asking = try state("Asking")
        #expect(asking.signals.map(\.name) == ["confirm", "reject", "later", "early"])
        #expect(asking.signals[2].action == .defer)
        #expect(asking.signals[3].action == .refuse)
        #expect(asking.after.map(\.route.to) == ["Asking", "Failed"])
        #expect(asking.after[0].due == .after(milliseconds: 120_000))
        #expect(asking.after[0].route.when?.expression.source == "vars.rank == 'high'")
        guard case .at(let formula) = asking.after[1].due else {
            Issue.record("no moment")
            return
        }
        #expect(formula.expression.source == "now + duration('1h')")
        #expect(formula.place == Place(line: 67, column: 10))
        #expect(asking.cancel == .allow)
        #expect(try state("Charging").cancel == .defer)
        #expect(try state("Done").end == .succeeded)
        #expect(try state("Late").end == .cancelled)
    }

    @Test func `plain scalars are what YAML 1.2 says and texts are interpolated`() throws {
        let scope = Scope([
            ("input", ["name": "Ada"]), ("vars", ["rank": "high"]),
            ("saga", ["startedAt": .timestamp(Timestamp(seconds: 0))]),
        ])
        let list = try #require(state("Choosing").set.last)
        #expect(list.name == "list")
        #expect(JSON.string(try list.value.value(in: scope)) == #"[1,16,10,"yes","1:30",null,1.5,true]"#)
        let step = try #require(state("Charging").step)
        let request = try step.with.value(in: scope)
        #expect(
            JSON.string(request) == #"{"text":"Dear Ada,\nyou pay 12.\n","list":["high",2],"flag":"no"}"#)
    }

    @Test func `a signal may ask something of its data`() throws {
        let bytes = try Fixtures.bytes("valid/signal-data.yaml")
        let workflow = try #require(WorkflowFile.parse(bytes: bytes, path: "visa.yaml").workflow)
        let signals = try #require(workflow.state("Asked")?.signals)
        #expect(signals.map(\.name) == ["decided", "note", "ping"])
        #expect(signals[0].faults(of: ["granted": true]) == nil)
        #expect(
            signals[0].faults(of: ["granted": "yes", "numbre": "1"])?.map(\.description) == [
                "/granted must be a boolean, is a string", "/numbre is not known; did you mean 'number'?",
            ])
        #expect(signals[1].action == .defer)
        #expect(signals[1].faults(of: 1)?.count == 1)
        #expect(signals[2].action == .refuse && signals[2].data == nil)
    }
}
