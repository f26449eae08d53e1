import CEL
import Testing

@testable import SagaCore

/// What was read from JSON once is not read again on its way: a value in it that would read back as another one shows it.
struct DocumentTests {
    private let telling = Value.map(MapValue([("at", .timestamp(Timestamp(milliseconds: 0)))]))
    private let text = Value.map(MapValue([("at", .string("1970-01-01T00:00:00Z"))]))

    private let workflow = Workflow(
        name: "w", version: "1", initial: "Open",
        states: [
            State(name: "Open", signals: [SignalRule(name: "go", action: .routes([Route(to: "Done")]))]),
            State(name: "Done", end: .succeeded),
        ])

    private func start(_ input: Document) throws -> Decision {
        try Saga.start(StartSent(id: Player.id, input: input), in: workflow, at: Player.start)
    }

    @Test func `a start's input that was read is not read again, and what was computed is, once`() throws {
        #expect(try start(Document(read: telling)).saga.input == telling)
        #expect(try start(Document(computed: telling)).saga.input == text)
        guard case .started(let started)? = try start(Document(computed: telling)).records.first else {
            Issue.record("it is something else")
            return
        }
        #expect(try started.input.kept().value == text)
        #expect(started.input.bytes == Array(#"{"at":"1970-01-01T00:00:00Z"}"#.utf8))
    }

    @Test func `so is a signal's data`() throws {
        let saga = try start(Document(read: .null)).saga
        for (data, kept) in [(Document(read: telling), telling), (Document(computed: telling), text)] {
            let decision = try saga.decide(
                .signalled(SignalSent(name: "go", data: data)), in: workflow, at: Player.start)
            #expect(decision.saga.signals.first?.data.value == kept)
        }
    }

    @Test func `bytes are written once, whoever asks for them`() {
        let document = Document(read: .list((0..<1_000).map { .int($0) }))
        let copy = document
        let (one, other) = (document.bytes, copy.bytes)
        #expect(one == JSON.bytes(document.value))
        // The same memory: the second was not written.
        let places = [one, other].map { bytes in bytes.withUnsafeBufferPointer { $0.baseAddress } }
        #expect(places[0] == places[1])
    }

    @Test func `a text is read when somebody asks for what it says, once for all that have a copy`() {
        let document = Document(bytes: Array(#"{"a":[1,2]}"#.utf8))
        let copy = document
        #expect(document.knownValue == nil && copy.knownBytes == 11)
        #expect(document.value == .map(MapValue([("a", .list([.int(1), .int(2)]))])))
        #expect(copy.knownValue == document.value)
        #expect(Document(bytes: Array("{".utf8)).value == .null)
    }

    @Test func `an answer that was read is not read again, and a history's texts not before somebody asks`() throws {
        let call = Operation(participant: "p", operation: "o")
        let workflow = Workflow(
            name: "w", version: "1", initial: "Open",
            states: [
                State(
                    name: "Open", step: Step(call: call, compensation: .none(because: "free")),
                    then: [Route(when: formula("result.at == timestamp('1970-01-01T00:00:00Z')"), to: "Done")]),
                State(name: "Done", end: .succeeded),
            ])
        let started = try Saga.start(StartSent(id: Player.id, input: .null), in: workflow, at: Player.start)
        let answer = Document(read: telling, from: Array(#"{"at":"1970-01-01T00:00:00Z"}"#.utf8))
        let ended = try started.saga.decide(
            .attemptEnded(AttemptEnded(token: 1, outcome: .succeeded(result: answer))), in: workflow, at: Player.start)
        #expect(ended.saga.end == .succeeded)

        let history = try RecordCodec.records(RecordCodec.bytes(started.records + ended.records))
        let folded = try Saga.fold(history.map { (at: Player.start, record: $0) })
        let step = try #require(folded.steps.first)
        #expect(step.request.knownValue == nil && step.result?.knownValue == nil)
        #expect(step.result?.value == text)
    }

    @Test func `what no JSON holds is refused`() {
        var deep = Value.null
        for _ in 0..<300 { deep = .list([deep]) }
        #expect(throws: JSONError.self) { try Document(computed: deep).kept() }
    }
}
