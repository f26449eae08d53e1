import GRDB
import SagaCore
import Testing

@testable import SagaStore

/// Whatever stands in any column of any table: it is read, left out, or told by a ``StoreError``. A trap would end the test.
@Suite struct ForeignTableTests {
    let folder: Folder

    init() throws { folder = try Folder() }

    static let values = [
        "NULL", "'x'", "x'00ff'", "-1", "9223372036854775807", "-9223372036854775808", "9e99",
    ]

    static let tables = [
        "workflow", "saga", "history", "tag", "view", "view_definition", "view_row", "job", "job_saga", "suspect",
        "early_signal", "restore", "data_key", "commit_log", "consumer", "feed",
        "sqlite_sequence",
    ]

    /// What new keys go along.
    private static let sealed: Set = ["saga", "history", "view", "view_row", "job", "early_signal", "data_key"]

    /// A row in each table.
    private func fill() throws {
        // One saga whose inputs are rows, and one that has them itself.
        let single = try SagaStore.open(singlyAt: folder.store)
        try single.add(Sample.id(3), status: .succeeded, due: nil)
        single.close()
        let store = try SagaStore.open(at: folder.store)
        defer { store.close() }
        let row = try store.add(Sample.id(1), tags: [SagaCore.Tag(kind: .attribute, name: "a", value: "b")])
        try store.add(Sample.id(2), status: .succeeded, due: nil)
        var view = StoredView(id: 1, name: "page")
        view.digests = ["w": 7]
        view.olderUntil = 5
        view.rebuild = .init(total: 9)
        let signal = EarlySignal(
            workflow: "w", key: "k", name: "go", id: "i", data: [], by: Actor(uid: 1, gid: 2, pid: 3),
            at: Sample.start, until: Sample.start + 1)
        var job = JobRow(
            act: "retry", reason: "r", by: Actor(uid: 1, gid: 2, pid: 3), filter: "{}", count: 1, per: 1,
            acceptedAt: Sample.start, total: 1)
        job.id = 1
        let (kept, accepted) = (view, job)
        try store.write { transaction throws in
            _ = try transaction.pin(name: "w", version: "1", digest: "d", source: "s")
            try transaction.update(row, summary: [1])
            try transaction.put(ViewRow(view: 1, saga: row.id, key: "k", shownKey: "k", row: [1]))
            try transaction.save(kept)
            try transaction.keep(signal)
            try transaction.add(accepted, [row.id])
            try transaction.put(
                ConsumerRow(
                    name: "books", life: 1, place: FeedPlace(), workflows: ["w"], kinds: ["ended"], madeAt: Sample.start
                ))
            try transaction.suspect(.init(saga: 1, input: 2, process: 3, words: "w"), at: Sample.start)
        }
        try folder.raw { try $0.execute(sql: "INSERT INTO restore VALUES(1, 1, 1)") }
    }

    @Test func `every table is strict, so that SQLite takes no value of another type`() throws {
        try fill()
        let found = try folder.raw { db in
            try Row.fetchAll(
                db,
                sql: """
                    SELECT name, strict FROM pragma_table_list
                    WHERE schema = 'main' AND name NOT IN ('sqlite_schema', 'sqlite_sequence', 'grdb_migrations')
                    """
            ).map { (name: $0[0] as String, isStrict: $0[1] as Bool) }
        }
        #expect(Set(found.map(\.name)).isSuperset(of: Set(Self.tables).subtracting(["sqlite_sequence"])))
        #expect(found.filter { !$0.isStrict }.map(\.name) == [])
        #expect(throws: DatabaseError.self) { try folder.raw { try $0.execute(sql: "UPDATE saga SET last = 'x'") } }
    }

    @Test(arguments: tables)
    func `a foreign value ends in words`(table: String) throws {
        try fill()
        let whole = try folder.copy()
        let columns = try folder.raw { try String.fetchAll($0, sql: "SELECT name FROM pragma_table_info('\(table)')") }
        #expect(columns.count >= 2)
        for column in columns {
            for value in Self.values {
                let folder = try whole.copy()
                // What no column of that kind can hold is refused by SQLite itself.
                do { try folder.foreign(["UPDATE \(table) SET \(column) = \(value)"]) } catch { continue }
                do throws(StoreError) {
                    let store = try SagaStore.open(at: folder.store)
                    defer { store.close() }
                    visit(store, rekeys: Self.sealed.contains(table))
                } catch {
                    #expect(!error.message.isEmpty && error.code != .failed, "\(table).\(column) = \(value): \(error)")
                }
            }
        }
    }

    /// Reads all that there is to be read, and does what steps through all rows; failures are errors in words.
    private func visit(_ store: SagaStore, rekeys: Bool) {
        func look(_ body: () throws(StoreError) -> Void) {
            do throws(StoreError) { try body() } catch {
                #expect(!error.message.isEmpty)
                #expect(error.code != .failed, "\(error.message)")
            }
        }
        look { () throws(StoreError) in try read(store) }
        look { () throws(StoreError) in try store.read { _ = try $0.views() } }
        look { () throws(StoreError) in try store.read { _ = try $0.workflows() } }
        look { () throws(StoreError) in _ = try store.restoreNote() }
        look { () throws(StoreError) in
            _ = try store.feedLife()
            _ = try store.feed(after: FeedPlace(), limit: 10)
        }
        look { () throws(StoreError) in
            try store.read { reading throws in
                let (rows, unreadable) = try reading.consumers()
                #expect(try rows.count + unreadable.count == reading.consumerCount())
                for row in rows {
                    #expect(row.place.commit > 0 && row.place.told >= 0)
                    _ = row.madeAt.rfc3339
                    _ = row.movedAt?.rfc3339
                    _ = try reading.commitTime(from: row.place)
                }
                _ = try reading.consumer("books")
            }
        }
        look { () throws(StoreError) in
            let last = try store.lastNumbers()
            for number in [last.saga, last.job, last.earlySignal] { #expect((0...SagaID.numberMax).contains(number)) }
        }
        look { () throws(StoreError) in
            var wanted = Wanted()
            wanted.sagas = [Sample.id(1).number, Sample.id(2).number]
            wanted.keys = [BusinessKey(workflow: "w", key: "k"): [1]]
            wanted.early = [BusinessKey(workflow: "w", key: "k")]
            wanted.jobs = [1: 10]
            wanted.openJobs = true
            _ = try store.fetch(wanted) { _ in nil }
        }
        if !rekeys { return }
        look { () throws(StoreError) in
            _ = try store.rekey(.file)
            var steps = 0
            while try !store.reseal(limit: 2).isDone, steps < 50 { steps += 1 }
            #expect(steps < 50)
        }
    }

    private func read(_ store: SagaStore) throws(StoreError) {
        try store.read { reading throws in
            for row in try reading.sagas(limit: 10) {
                _ = row.id.description
                _ = try? reading.history(of: row).map(\.at.rfc3339)
                _ = try? reading.summary(of: row)
                _ = try reading.lastTime(of: row)
                _ = try reading.numbers(beside: row.id.number)
            }
            _ = try reading.sagas(state: "Reserved", unended: .only, limit: 10)
            _ = try reading.sagas(tag: SagaCore.Tag(kind: .attribute, name: "a", value: "b"), limit: 10)
            _ = try reading.sagas(after: .min, limit: 10)
            _ = try reading.ended(after: .min, below: .max, limit: 10)
            _ = try reading.liveCounts()
            for (_, due) in try reading.due(after: .min, until: .max) { _ = Instant(milliseconds: due).rfc3339 }
            try reading.eachRow(ofView: 1) { row in row.saga.description.isEmpty == false }
            try reading.eachRow(ofView: 1, key: "k") { _ in true }
            _ = try reading.openJobs().map(\.acceptedAt.rfc3339)
            _ = try reading.unreadableJobs()
            _ = try reading.sagas(ofJob: 1, from: 0, limit: 10)
            _ = try reading.outcomes(ofJob: 1)
            _ = try reading.suspects(countMin: 0, limit: 10)
            _ = try reading.unreadableSuspects()
            _ = try reading.earlySignalCount()
            _ = try reading.earlySignals(until: Instant(milliseconds: .max), limit: 10)
            _ = try? reading.commits(after: 0, limit: 10).map(\.at.rfc3339)
            _ = try reading.oldJob(endedBefore: Instant(milliseconds: .max))
        }
    }
}
