import CEL
import SagaCore
import Testing

struct StartTests {
    private func start(_ workflow: Workflow, key: String? = nil, _ input: Value = .map(MapValue())) throws -> Saga {
        var player = Player(workflow: workflow)
        return try player.start(StartSent(id: Player.id, key: key, input: input), at: Player.start).saga
    }

    private func keyed(_ source: String) -> Workflow {
        var workflow = Workflow.oneWay
        workflow.key = template(source)
        return workflow
    }

    @Test func `the key is the saga's id, the workflow's expression, or the one that was given`() throws {
        #expect(try start(.oneWay).key == Player.id.description)
        #expect(try start(keyed("order-${input.n}"), .map(MapValue([("n", .int(7))]))).key == "order-7")
        #expect(try start(keyed("${saga.workflow}/${saga.version}")).key == "one-way/1")
        #expect(try start(keyed("${input.missing}"), key: "given").key == "given")
    }

    @Test func `a key that fails or is empty starts nothing`() {
        #expect(throws: Rejection.badKey("it is empty")) { try start(keyed("${''}")) }
        #expect(throws: Rejection.badKey("it is empty")) { try start(.oneWay, key: "") }
        #expect(throws: Rejection.badKey("expression 'input.missing' (1:1): no such key: 'missing'")) {
            try start(keyed("${input.missing}"))
        }
    }

    @Test func `a start pins the workflow by name, version and digest, and who asked`() throws {
        var player = Player(workflow: .reservation)
        let input = Value.map(
            MapValue([
                ("name", .string("A")), ("cardNo", .string("4")), ("room", .string("1")), ("amount", .int(0)),
            ]))
        let actor = Actor(uid: 1_000, gid: 1_000, pid: 42)
        let decision = try player.start(StartSent(id: Player.id, input: input, by: actor), at: Player.start)
        #expect(decision.saga.workflow == "reservation" && decision.saga.version == "1" && decision.saga.digest == "d1")
        #expect(decision.saga.startedAt == Player.start)
        guard case .started(let started)? = decision.records.first else {
            Issue.record("no 'started'")
            return
        }
        #expect(started.by == actor)
    }

    @Test func `a workflow whose initial state ends at once is over with its start`() throws {
        let saga = try start(Workflow(name: "w", version: "1", initial: "Confirmed", states: [confirmed]))
        #expect(saga.status == .succeeded && saga.state == "Confirmed")
    }

    @Test func `a state that is not there makes the saga stuck and names it`() throws {
        let saga = try start(Workflow(name: "w", version: "1", initial: "Nowhere", states: []))
        #expect(saga.stuck?.code == .noState)
        #expect(saga.stuck?.message == "workflow 'w' 1 has no state 'Nowhere'")
    }

    @Test func `statuses: what is ended and what is settled`() {
        #expect(Status.allCases.filter(\.isEnded) == [.succeeded, .cancelled, .terminated])
        #expect(Status.allCases.filter { !$0.isSettled } == [.running, .cancelling, .compensating])
        for status in Status.allCases { #expect(Status(name: status.name) == status) }
        #expect(Status(name: "done") == nil)
    }
}
