import CEL
import SagaCore
import Testing

/// Rule 5: what is decided in memory is what is decided after a restart.
struct KeptValuesTests {
    private func workflow(_ value: String) -> Workflow {
        Workflow(
            name: "keep", version: "1", initial: "Keep",
            states: [
                State(
                    name: "Keep",
                    signals: [signal("on", to("Confirmed", set: set(["data": "${signal.data}"])))],
                    set: set(["kept": value])), confirmed,
            ])
    }

    /// The value that a saga holds after `kept: ${ … }`.
    private func kept(_ value: String, input: Value = .null) throws -> Value? {
        var player = Player(workflow: workflow(value))
        return try player.start(StartSent(id: Player.id, input: input), at: Player.start).saga.vars["kept"]
    }

    @Test(arguments: [
        ("${now}", #""2026-01-01T00:00:00Z""#), ("${duration('90s')}", #""90s""#), ("${b'abc'}", #""YWJj""#),
        ("${3u}", "3"), ("${2.0}", "2"), ("${1.0 / 0.0}", #""Infinity""#), ("${0.0 / 0.0}", #""NaN""#),
        ("${{1: 'a', true: [null]}}", #"{"1":"a","true":[null]}"#), ("${type(1)}", #""int""#), ("plain", #""plain""#),
        ("at ${now}", #""at \"2026-01-01T00:00:00Z\"""#), ("${-9223372036854775808}", "-9223372036854775808"),
    ])
    func `a kept value is the JSON that the store gives back`(_ source: String, _ json: String) throws {
        let value = try #require(try kept(source))
        let read = try JSON.parse(json)
        #expect(value == read, "\(JSON.string(value))")
    }

    @Test func `an input is kept as JSON from the start`() throws {
        var player = Player(workflow: workflow("${input.at}"))
        let input = Value.map(MapValue([("at", .timestamp(Timestamp(milliseconds: 0))), ("n", .uint(1))]))
        let saga = try player.start(StartSent(id: Player.id, input: input), at: Player.start).saga
        #expect(saga.input == .map(MapValue([("at", .string("1970-01-01T00:00:00Z")), ("n", .int(1))])))
        #expect(saga.vars["kept"] == .string("1970-01-01T00:00:00Z"))
    }

    @Test func `a signal's data is kept as JSON before any expression sees it`() throws {
        var player = Player(workflow: workflow("x"))
        _ = try player.start(StartSent(id: Player.id, input: .null), at: Player.start)
        let signal = SignalSent(name: "on", id: "s", data: .timestamp(Timestamp(milliseconds: 0)))
        let saga = try player.give(.signalled(signal), at: Player.start).saga
        #expect(saga.vars["data"] == .string("1970-01-01T00:00:00Z"))
        #expect(saga.signals.first?.data.value == saga.vars["data"])
    }

    /// Lists within lists.
    private func nested(_ depth: Int) -> Value {
        (0..<depth).reduce(Value.int(1)) { value, _ in .list([value]) }
    }

    @Test func `the deepest value that is taken reads back, and a deeper one is refused and not lost`() throws {
        #expect(try kept("${input}", input: nested(128)) == nested(128))
        let error = #expect(throws: Rejection.self) { try kept("${input}", input: nested(129)) }
        #expect(error?.description.contains("cannot be kept: nested deeper than 128") == true)
    }

    @Test func `a value that no JSON holds makes the saga stuck and is never null`() throws {
        for (source, message) in [
            ("${[input]}", "'kept' cannot be kept: nested deeper than 128"),
            ("${{1: 'a', '1': 'b'}}", "'kept' cannot be kept: duplicate key '1' in the object"),
        ] {
            var player = Player(workflow: workflow(source))
            let saga = try player.start(StartSent(id: Player.id, input: nested(128)), at: Player.start).saga
            #expect(saga.stuck?.code == .expression)
            #expect(saga.stuck?.message.contains(message) == true, "\(saga.stuck?.message ?? "")")
            #expect(saga.vars["kept"] == nil)
        }
    }

    @Test func `signal data that no JSON holds is refused with the reason`() throws {
        var player = Player(workflow: workflow("x"))
        _ = try player.start(StartSent(id: Player.id, input: .null), at: Player.start)
        let decision = try player.give(.signalled(SignalSent(name: "on", id: "s", data: nested(200))), at: Player.start)
        #expect(decision.answer == .signal(.refused(reason: "its data cannot be kept: nested deeper than 128")))
        #expect(decision.records.isEmpty)
    }

    @Test func `assignments of one set see the values from before`() throws {
        var workflow = workflow("x")
        workflow.states[0].set = set(["a": "${has(vars.b) ? 2 : 1}", "b": "${has(vars.a) ? 2 : 1}"])
        workflow = Workflow(name: "keep", version: "1", initial: "Keep", states: workflow.states)
        var player = Player(workflow: workflow)
        let saga = try player.start(StartSent(id: Player.id, input: .null), at: Player.start).saga
        #expect(JSON.string(.map(saga.vars)) == #"{"a":1,"b":1}"#)
    }
}
