import CEL
import GRDB
import Logging
import SagaCore
import Synchronization
import Testing

@testable import SagaEngine
@testable import SagaStore

/// What lists and views show is written in the commit of its saga, and read without one.
@Suite(.timeLimit(.minutes(30))) struct ViewTests {
    let store: SagaStore
    let clock = ManualClock()

    init() throws { store = try SagaStore.inMemory() }

    /// Two states, and a view of them by a variable.
    private func desk(
        version: String = "1", key: String = "${ saga.key }", row: String = "${ saga.state }", isCurrent: Bool = true,
        views: String? = nil, note: String = "{ type: string }",
        attributes: String = #"attributes: { note: "${ has(input.note) ? input.note : 'none' }" }"#
    ) throws -> LoadedWorkflow {
        let views = views ?? #"views: { desks: { key: "\#(key)", row: { is: "\#(row)" } } }"#
        return try .parsed(
            """
            workflow: desk
            version: "\(version)"
            input:
              type: object
              properties: { card: { type: string, secret: true }, note: \(note) }
            \(attributes)
            initial: Open
            states:
              Open: { signals: { take: { set: { who: "${ signal.data }" }, to: Taken }, close: Closed } }
              Taken: { signals: { give: Open, close: Closed } }
              Closed: { end: succeeded }
            \(views)
            """, isCurrent: isCurrent)
    }

    private func engine(_ workflows: [LoadedWorkflow]) throws -> Engine {
        try Engine(store, ScriptedTransport(), clock, workflows: workflows)
    }

    private func start(_ engine: Engine, _ key: String, _ input: [(String, Value)] = []) async throws -> SagaID {
        try await engine.start(StartCommand(workflow: "desk", key: key, input: .map(MapValue(input)))).saga.id
    }

    /// Each row as `KEY ROW`, oldest saga first.
    private func rows(_ engine: Engine, key: String? = nil) async throws -> [String] {
        try await engine.view("desks", key: key).rows.reversed().map {
            "\($0.key) \(Template.text(of: $0.row["is"] ?? $0.row))"
        }
    }

    private func rebuild(_ engine: Engine) async throws {
        while try await engine.rebuildSome() != nil {}
    }

    /// What every connection runs while `body` does.
    private func statements(_ body: () async throws -> Void) async throws -> [String] {
        let kept = Statements()
        trace { kept.add($0) }
        defer { trace(nil) }
        try await body()
        return kept.all
    }

    private final class Statements: Sendable {
        private let kept = Mutex<[String]>([])
        var all: [String] { kept.withLock { $0 } }
        func add(_ sql: String) { kept.withLock { $0.append(sql) } }
    }

    private func trace(_ told: (@Sendable (String) -> Void)?) {
        store.database.writeWithoutTransaction { db in
            guard let told else { return db.trace(nil) }
            db.trace { event in if case .statement(let statement) = event { told(statement.sql) } }
        }
    }

    @Test func `a page of a view reads no saga, and a list of a thousand no history`() async throws {
        let engine = try engine([desk()])
        try await engine.running { () async throws in
            for number in 0..<300 { _ = try await start(engine, "\(number % 10)-\(number)", [("note", "n")]) }
            let view = try await statements { () async throws in
                #expect(try await engine.view("desks", limit: 1_000).rows.count == 300)
                #expect(try await engine.view("desks", key: "7-7").rows.count == 1)
            }
            #expect(view.contains { $0.contains("view_row") })
            #expect(view.filter { $0.contains("history") || $0.contains("FROM saga") } == [])
            let note = SagaFilter.Attribute(name: "note", value: "n")
            let list = try await statements { () async throws in
                #expect(try await engine.list(SagaFilter(limit: 1_000)).sagas.count == 300)
                #expect(try await engine.list(SagaFilter(attributes: [note], limit: 1_000)).sagas.count == 300)
                #expect(try await engine.list(SagaFilter(status: .waiting, limit: 1_000)).sagas.count == 300)
                #expect(
                    try await engine.sagas(for: JobCommand(.pause, of: SagaFilter(attributes: [note]), reason: "r"))
                        .count == 300)
            }
            #expect(list.contains { $0.contains("summary") })
            #expect(list.filter { $0.contains("history") } == [])
        }
    }

    @Test func `a list says of each saga what its last commit says`() async throws {
        let engine = try Engine(store, ScriptedTransport.holding(), clock, workflows: [.booking(), .alarm()])
        try await engine.running { () async throws in
            let paying = try await engine.start(.booking(key: "k")).saga.id
            let alarm = try await engine.start(.alarm).saga.id
            let found = try await engine.list(SagaFilter()).sagas
            #expect(found.map(\.id) == [alarm, paying])
            #expect(found.map(\.state) == ["Waiting", "Paying"] && found.map(\.status) == [.waiting, .running])
            #expect(found.map(\.summary.call?.call) == [nil, "pay.charge"])
            #expect(found.map(\.summary.key) == [alarm.description, "k"])
            #expect(found.map(\.due) == [ManualClock.start + 90_000, nil])
            #expect(found.map { JSON.string(.map($0.summary.attributes)) } == ["{}", #"{"guest":"Ann"}"#])
            await clock.move(60_000, engine)
            _ = try await engine.operate(SagaReference(alarm), OperateCommand(.pause, reason: "r"))
            let paused = try #require(try await engine.list(SagaFilter(status: .paused)).sagas.first)
            #expect(paused.summary.startedAt == ManualClock.start)
            #expect(paused.summary.updatedAt == ManualClock.start + 60_000)
        }
    }

    @Test func `a row follows its saga from commit to commit, with its key`() async throws {
        let engine = try engine([desk(key: "${ has(vars.who) ? vars.who : 'nobody' }")])
        try await engine.running { () async throws in
            let saga = try await start(engine, "a")
            #expect(try await rows(engine) == ["nobody Open"])
            _ = try await engine.signal(SagaReference(saga), SignalSent(name: "take", data: "Eve"))
            #expect(try await rows(engine) == ["Eve Taken"])
            #expect(try await rows(engine, key: "nobody").isEmpty)
            #expect(try await rows(engine, key: "Eve") == ["Eve Taken"])
            _ = try await engine.signal(saga, "close")
            #expect(try await rows(engine, key: "Eve") == ["Eve Closed"])
        }
        // By another process, which has nothing in memory.
        let next = try self.engine([desk(key: "${ has(vars.who) ? vars.who : 'nobody' }")])
        #expect(try await rows(next, key: "Eve") == ["Eve Closed"])
    }

    @Test func `a secret that has travelled stands in no row, and its row is found`() async throws {
        let engine = try engine([
            desk(key: "${ has(vars.who) ? vars.who : '' }", row: "${ has(vars.who) ? vars.who : '' }")
        ])
        try await engine.running { () async throws in
            let saga = try await start(engine, "a", [("card", "4111 2222")])
            _ = try await engine.signal(SagaReference(saga), SignalSent(name: "take", data: "of 4111 2222"))
            #expect(try await rows(engine) == ["of *** of ***"])
            #expect(try await rows(engine, key: "of 4111 2222") == ["of *** of ***"])
            let stored = try store.rows(ofView: 1, key: nil, before: .max, limit: 9, bytesMax: 1 << 20).rows
            #expect(stored.map { String(decoding: $0.row, as: UTF8.self) } == [#"{"is":"of ***"}"#])
        }
    }

    @Test func `a changed view shows old sagas by its new definition once they move, or are rebuilt`() async throws {
        let before = try engine([desk()])
        let (moving, still) = try await before.running { () async throws in
            (try await start(before, "moving"), try await start(before, "still"))
        }
        let lines = LogLines()
        let after = try Engine(
            store: store, workflows: [desk(version: "2", row: "v2 ${ saga.state }"), desk(isCurrent: false)],
            transport: ScriptedTransport(), clock: clock, logger: lines.logger)
        #expect(
            lines.lines.contains { $0.hasPrefix("warning: rows of a view are older") && $0.hasSuffix(" VIEW=desks") })
        try await after.running { () async throws in
            #expect(try await after.status().views.map(\.name) == ["desks"])
            #expect(try await after.view("desks").isOlder)
            _ = try await after.signal(moving, "take")
            _ = try await start(after, "new")
            #expect(try await rows(after) == ["moving v2 Taken", "still Open", "new v2 Open"])
            #expect(try await after.look(SagaReference(moving)).saga.version == "1")
            let begun = try await after.rebuild(view: "desks")
            #expect(begun.progress == .init(done: 0, total: 3))
            try await rebuild(after)
            #expect(try await rows(after) == ["moving v2 Taken", "still v2 Open", "new v2 Open"])
            #expect(try await after.status().views.isEmpty)
            #expect(try await !after.view("desks").isOlder)
            #expect(lines.lines.contains { $0.hasPrefix("notice: view rebuilt") && $0.contains(" SAGAS=3 VIEW=desks") })
            let unknown = await refusal { () async throws(EngineError) in try await after.rebuild(view: "page") }
            #expect(unknown == .unknownView(name: "page", known: ["desks"]))
        }
        // It is told once, and by nobody who changed nothing.
        let again = try engine([desk(version: "2", row: "v2 ${ saga.state }"), desk(isCurrent: false)])
        #expect(try await again.status().views.isEmpty)
        _ = still
    }

    @Test func `the same definition in another version, and a view without sagas, leave nothing older`() async throws {
        let before = try engine([desk()])
        try await before.running { () async throws in _ = try await start(before, "a") }
        for workflows in [
            try [desk(version: "2"), desk(isCurrent: false)],
            try [desk(version: "3", views: ""), desk(isCurrent: false)], try [desk(), .booking()],
        ] {
            let next = try engine(workflows)
            #expect(try await next.status().views.isEmpty)
            #expect(try await rows(next) == ["a Open"])
        }
    }

    @Test func `a view that a new version brings has rows of old sagas once it is rebuilt`() async throws {
        let before = try engine([desk(views: "")])
        try await before.running { () async throws in _ = try await start(before, "a") }
        let after = try engine([desk(version: "2"), desk(isCurrent: false, views: "")])
        try await after.running { () async throws in
            #expect(try await rows(after).isEmpty)
            #expect(try await after.status().views.map(\.name) == ["desks"])
            _ = try await after.rebuild(view: "desks")
            try await rebuild(after)
            #expect(try await rows(after) == ["a Open"])
        }
    }

    @Test func `a saga that moves to a version without the view has no row any more`() async throws {
        let before = try engine([desk()])
        let saga = try await before.running { () async throws in try await start(before, "a") }
        let after = try engine([desk(version: "2", views: ""), desk(isCurrent: false)])
        try await after.running { () async throws in
            let moved = try await after.migrate(
                MigrateCommand(workflow: "desk", from: "1", to: "2", isCheck: false, reason: "r"))
            #expect(moved.items.map(\.obstacles) == [[]] && moved.items[0].id == saga)
            #expect(try await rows(after).isEmpty)
        }
    }

    @Test func `what another version calls a secret is masked once a saga has moved to it`() async throws {
        let views = #"views: { desks: { key: k, row: { is: "${ has(vars.who) ? vars.who : 'nobody' }" } } }"#
        let old = try desk(isCurrent: false, views: views)
        let new = try desk(version: "2", views: views, note: "{ type: string, secret: true }", attributes: "")
        let engine = try engine([old, new])
        try await engine.running { () async throws in
            let input = Value.map(MapValue([("note", .string("hush-hush"))]))
            let command = StartCommand(workflow: "desk", version: "1", key: "a", input: input)
            let saga = try await engine.start(command).saga.id
            _ = try await engine.signal(SagaReference(saga), SignalSent(name: "take", data: "of hush-hush"))
            #expect(try await rows(engine) == ["k of hush-hush"])
            _ = try await engine.migrate(
                MigrateCommand(workflow: "desk", from: "1", to: "2", isCheck: false, reason: "r"))
            #expect(try await rows(engine) == ["k of ***"])
            let listed = try #require(try await engine.list(SagaFilter()).sagas.first)
            #expect(listed.summary.version == "2" && listed.summary.attributes.isEmpty)
        }
    }
}
