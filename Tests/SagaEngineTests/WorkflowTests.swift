import SagaCore
import SagaStore
import Testing

@testable import SagaEngine

/// Rule 5: a workflow is pinned; editing or removing its file neither changes nor orphans a running saga.
@Suite(.timeLimit(.minutes(30))) struct WorkflowTests {
    let store: SagaStore
    let clock = ManualClock()

    init() throws { store = try SagaStore.inMemory() }

    private func engine(_ workflows: [LoadedWorkflow]) throws -> Engine {
        try Engine(store, ScriptedTransport(), clock, workflows: workflows)
    }

    @Test func `a version with other content than the store holds is refused, and nothing is pinned`() throws {
        _ = try engine([.booking()])
        let conflict = #expect(throws: WorkflowConflict.self) {
            try engine([.alarm(), .booking(first: "Charging")])
        }
        #expect(
            conflict?.description
                == "workflow 'booking' version \"1\" has other content than the store holds for running sagas; "
                + "give the changed file a new version")
        #expect(try store.read { try $0.workflows() }.map(\.name) == ["booking"])
        _ = try engine([.booking(), .alarm()])
        #expect(try store.read { try $0.workflows() }.map(\.name) == ["booking", "alarm"])
    }

    @Test func `the store pins the text, once`() throws {
        let loaded = try LoadedWorkflow.booking()
        for _ in 0..<2 { _ = try engine([loaded]) }
        let stored = try store.read { try $0.workflows() }
        #expect(stored.map(\.source) == [loaded.source])
        #expect(stored.map(\.digest) == [loaded.workflow.digest])
    }

    @Test func `rule 5: a saga goes on with its version, and new ones take the current one`() async throws {
        let before = try engine([.booking()])
        let old = try await before.running { () async throws in
            try await before.start(.booking(key: "k"), wait: .until(.settled)).saga.id
        }
        let after = try engine([.booking(version: "2", first: "Charging"), .booking(isCurrent: false)])
        try await after.running { () async throws in
            // It returns to the state of its own version.
            #expect(try await after.signal(old, "again", wait: .until(.settled)) == .handled)
            let again = try await after.look(SagaReference(old)).saga
            #expect(again.version == "1")
            #expect(again.steps.map(\.state) == ["Paying", "Paying"])
            let new = try await after.start(.booking(), wait: .until(.settled)).saga
            #expect(new.version == "2" && new.steps.map(\.state) == ["Charging"])
            let asked = try await after.start(.booking(version: "1"), wait: .until(.settled)).saga
            #expect(asked.version == "1" && asked.steps.map(\.state) == ["Paying"])
            // A key belongs to the workflow, whatever the version.
            let conflict = await refusal { () async throws(EngineError) in
                try await after.start(.booking("Bob", key: "k"))
            }
            #expect(conflict == .keyConflict(key: "k", existing: old))

            let summaries = try await after.workflows().map { "\($0.version) \($0.isCurrent) \($0.liveSagas)" }
            #expect(summaries == ["1 false 2", "2 true 1"])
            #expect(after.workflow("booking")?.version == "2")
            #expect(try await after.list(SagaFilter(workflow: "booking")).sagas.count == 3)
            #expect(try await after.view("mypage", key: "Ann").rows.count == 3)
        }
    }

    @Test(arguments: [["9", "10"], ["10", "9"]])
    func `starts get the highest version, whatever the order in which they were loaded`(_ order: [String]) async throws
    {
        let engine = try engine(
            try order.map { try .booking(version: $0) } + [.booking(version: "11", isCurrent: false)])
        try await engine.running { () async throws in
            #expect(try await engine.start(.booking()).saga.version == "10")
            let summaries = try await engine.workflows().map { "\($0.version) \($0.isCurrent)" }
            #expect(summaries == ["9 false", "10 true", "11 false"])
            let unknown = await refusal { () async throws(EngineError) in try await engine.start(.booking(version: "1"))
            }
            #expect(unknown == .unknownVersion(workflow: "booking", version: "1", known: ["9", "10", "11"]))
        }
    }

    @Test func `an engine without the workflow of a live saga does not start, and puts nothing aside`() async throws {
        let before = try engine([.booking(), .alarm()])
        let saga = try await before.running { () async throws in
            try await before.start(.booking(), wait: .until(.settled)).saga.id
        }
        let missing = #expect(throws: WorkflowMissing.self) { try engine([.alarm()]) }
        #expect(
            missing?.description
                == "live sagas run on workflow 'booking' version \"1\", which is not loaded; the store holds its text")
        #expect(try store.read { try $0.saga(number: saga.number) }?.status == .waiting)
        // Nobody lives on the other one.
        _ = try engine([.booking()])
    }
}
