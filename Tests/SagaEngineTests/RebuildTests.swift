import CEL
import SagaCore
import SagaStore
import Testing

@testable import SagaEngine

/// Rows of a changed view are written anew in small steps, and by the next process where one ends.
@Suite(.timeLimit(.minutes(30))) struct RebuildTests {
    let store: SagaStore
    let clock = ManualClock()

    init() throws { store = try SagaStore.inMemory() }

    private func desk(version: String = "1", row: String = "${ saga.state }", isCurrent: Bool = true) throws
        -> LoadedWorkflow
    {
        try .parsed(
            """
            workflow: desk
            version: "\(version)"
            initial: Open
            states:
              Open: { signals: { take: Taken, close: Closed } }
              Taken: { signals: { close: Closed } }
              Closed: { end: succeeded }
            views: { desks: { key: "${ saga.key }", row: { is: "\(row)" } } }
            """, isCurrent: isCurrent)
    }

    private func engine(_ newest: Int) throws -> Engine {
        var workflows = [try desk(isCurrent: newest == 1)]
        for version in stride(from: 2, through: newest, by: 1) {
            workflows.append(
                try desk(version: "\(version)", row: "v\(version) ${ saga.state }", isCurrent: version == newest))
        }
        return try Engine(store, ScriptedTransport(), clock, workflows: workflows)
    }

    private func fill(_ count: Int) async throws -> [SagaID] {
        let engine = try engine(1)
        return try await engine.running { () async throws in
            var sagas: [SagaID] = []
            for number in 0..<count {
                let command = StartCommand(workflow: "desk", key: "\(number)", input: .map(MapValue()))
                sagas.append(try await engine.start(command).saga.id)
            }
            return sagas
        }
    }

    /// How many rows begin so.
    private func count(_ prefix: String, _ engine: Engine) async throws -> Int {
        try await engine.view("desks", limit: 1_000).rows.filter {
            Template.text(of: $0.row["is"] ?? $0.row).hasPrefix(prefix)
        }.count
    }

    @Test func `it goes step by step, and the next process goes on where the last one ended`() async throws {
        _ = try await fill(100)
        let first = try engine(2)
        try await first.running { () async throws in
            _ = try await first.rebuild(view: "desks")
            for _ in 0..<2 { #expect(try await first.rebuildSome() != nil) }
            #expect(try await count("v2 ", first) == 2 * ViewStep.sagasMax)
            #expect(try await first.status().views.first?.progress == .init(done: 64, total: 100))
            // Who asks again changes nothing.
            #expect(try await first.rebuild(view: "desks").progress == .init(done: 64, total: 100))
        }
        let next = try engine(2)
        #expect(try await next.status().views.first?.progress == .init(done: 64, total: 100))
        try await next.running { () async throws in
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await SmallSteps.views(of: next).run() }
                defer { group.cancelAll() }
                while try await !next.status().views.isEmpty { await Task.yield() }
            }
            #expect(try await count("v2 ", next) == 100)
            #expect(try await next.rebuildSome() == nil)
        }
    }

    @Test func `a definition that changes meanwhile begins it anew`() async throws {
        _ = try await fill(100)
        let first = try engine(2)
        try await first.running { () async throws in
            _ = try await first.rebuild(view: "desks")
            for _ in 0..<3 { _ = try await first.rebuildSome() }
        }
        let next = try engine(3)
        try await next.running { () async throws in
            #expect(try await next.status().views.first?.progress == .init(done: 0, total: 100))
            while try await next.rebuildSome() != nil {}
            #expect(try await count("v3 ", next) == 100)
        }
    }

    @Test func `a step that was read before its saga changed, or its definition, writes nothing over it`() async throws
    {
        let sagas = try await fill(3)
        let engine = try engine(2)
        try await engine.running { () async throws in
            _ = try await engine.rebuild(view: "desks")
            let view = try #require(try store.read { try $0.views() }.first)
            let set = engine.workflowSet
            let step = try store.read { try ViewStep(of: view, in: set, $0) }
            #expect(step.rows.count == 3 && step.next == nil)
            _ = try await engine.signal(sagas[1], "take")
            guard case .done(sagas: 3) = try await engine.send({ .rebuild(step, $0) }) else {
                Issue.record("it is not done")
                return
            }
            let rows = try await engine.view("desks").rows.map { Template.text(of: $0.row["is"] ?? $0.row) }
            #expect(rows == ["v2 Open", "v2 Taken", "v2 Open"])
            // Once more, and by a definition that is over.
            for outdated in [step, step] {
                guard case .outdated = try await engine.send({ .rebuild(outdated, $0) }) else {
                    Issue.record("it is written")
                    return
                }
            }
            _ = try await engine.rebuild(view: "desks")
            var other = try store.read { try ViewStep(of: try #require(try $0.views().first), in: set, $0) }
            other.digests["desk"] = 7
            guard case .outdated = try await engine.send({ [other] in .rebuild(other, $0) }) else {
                Issue.record("it is written")
                return
            }
        }
    }

    @Test func `a saga in memory writes its row again after a rebuild has`() async throws {
        let sagas = try await fill(1)
        // By 2 it is shown otherwise, by 3 as by 1.
        let workflows = try [
            desk(isCurrent: false), desk(version: "2", row: "${ saga.state == 'Open' ? 'a' : 'b' }"),
        ]
        let engine = try Engine(store, ScriptedTransport(), clock, workflows: [desk()])
        try await engine.running { () async throws in
            func row() async throws -> String? {
                try await engine.view("desks").rows.first.map { Template.text(of: $0.row["is"] ?? $0.row) }
            }
            _ = try await engine.operate(SagaReference(sagas[0]), OperateCommand(.pause, reason: "r"))
            _ = try await engine.load(workflows, limits: EngineLimits())
            _ = try await engine.rebuild(view: "desks")
            while try await engine.rebuildSome() != nil {}
            #expect(try await row() == "a")
            _ = try await engine.load([desk()], limits: EngineLimits())
            #expect(try await engine.view("desks").isOlder)
            // It is 'Open' again, as it was in memory, and not in the store.
            _ = try await engine.operate(SagaReference(sagas[0]), OperateCommand(.resume, reason: "r"))
            #expect(try await row() == "Open")
        }
    }

    @Test func `what does not read, or whose version is gone, keeps the row that it had`() async throws {
        let sagas = try await fill(3)
        let first = try engine(1)
        try await first.running { () async throws in _ = try await first.signal(sagas[2], "close") }
        var row = try #require(try store.read { try $0.saga(number: sagas[0].number) })
        row.last = 99
        try store.write { try $0.update(row) }
        let next = try engine(2)
        try await next.running { () async throws in
            _ = try await next.rebuild(view: "desks")
            while try await next.rebuildSome() != nil {}
            let rows = try await next.view("desks").rows.map { Template.text(of: $0.row["is"] ?? $0.row) }
            #expect(rows == ["v2 Closed", "v2 Open", "Open"])
        }
        // All have ended but the one that is put aside; version 1 is there for its sake alone.
        let again = try engine(2)
        try await again.running { () async throws in _ = try await again.signal(sagas[1], "close") }
        row.due = nil
        row.status = .succeeded
        let ended = row
        try store.write { try $0.update(ended) }
        let last = try Engine(store, ScriptedTransport(), clock, workflows: [desk(version: "3", row: "v3")])
        try await last.running { () async throws in
            _ = try await last.rebuild(view: "desks")
            while try await last.rebuildSome() != nil {}
            let rows = try await last.view("desks").rows.map { Template.text(of: $0.row["is"] ?? $0.row) }
            #expect(rows == ["v2 Closed", "v2 Closed", "Open"])
            // And lists still say what they were.
            let listed = try await last.list(SagaFilter()).sagas
            #expect(listed.map(\.status) == [.succeeded, .succeeded, .stuck])
            #expect(listed.map(\.summary.workflow).prefix(2) == ["desk", "desk"])
        }
    }

    @Test func `sagas that are started meanwhile are not looked at`() async throws {
        _ = try await fill(33)
        let engine = try engine(2)
        try await engine.running { () async throws in
            _ = try await engine.rebuild(view: "desks")
            for _ in 0..<40 { _ = try await engine.start(StartCommand(workflow: "desk", input: .map(MapValue()))) }
            var steps = 0
            while try await engine.rebuildSome() != nil { steps += 1 }
            #expect(steps == 2)
            #expect(try await count("v2 ", engine) == 73)
        }
    }
}
