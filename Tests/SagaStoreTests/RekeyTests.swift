import Foundation
import GRDB
import Glibc
import SagaCore
import Synchronization
import Testing

@testable import SagaStore

/// Renewing the keys.
struct RekeyTests {
    let folder: Folder
    private let card = "4111111111111111"

    init() throws { folder = try Folder() }

    /// Two sagas of ten rows each, a kept signal, a job.
    private func fill(_ store: SagaStore) throws {
        for number in 1...2 {
            var row = try store.add(Sample.id(number), state: card)
            for step in 2...10 { row = try store.go(row, to: "\(card)-\(step)") }
        }
        let signal = EarlySignal(
            workflow: "w", key: "k", name: "go", id: "id-\(card)", data: Array("\"\(card)\"".utf8), by: nil,
            at: Sample.start, until: Sample.start + 1_000)
        var job = JobRow(
            act: "retry", reason: card, by: nil, filter: "{}", count: 1, per: 1, acceptedAt: Sample.start, total: 1)
        job.id = 1
        try store.write { transaction throws in
            try transaction.keep(signal)
            try transaction.add(job, [Sample.id(1)])
        }
    }

    private func expectWhole(_ store: SagaStore, _ comment: Comment? = nil) throws {
        let rows = try store.read { try $0.sagas(limit: 9) }
        #expect(rows.count == 2, comment)
        for row in rows {
            #expect(try store.states(of: row) == [card] + (2...10).map { "\(card)-\($0)" }, comment)
        }
        let signals = try store.read { try $0.earlySignals(workflow: "w", key: "k") }
        #expect(signals.map(\.id) == ["id-\(card)"], comment)
        #expect(signals.map(\.data) == [Array("\"\(card)\"".utf8)], comment)
        #expect(try store.read { try $0.jobs(limit: 9) }.map(\.reason) == [card], comment)
    }

    private func finish(_ store: SagaStore, limit: Int = 3) throws {
        var steps = 0
        while try !store.reseal(limit: limit).isDone {
            steps += 1
            try #require(steps < 100)
        }
    }

    private func seals() throws -> [Data] {
        let raw = try DatabaseQueue(path: folder.store)
        defer { try? raw.close() }
        return try raw.read { db in
            try Data.fetchAll(
                db,
                sql:
                    "SELECT records FROM history UNION ALL SELECT data FROM early_signal UNION ALL SELECT words FROM job"
            )
        }
    }

    @Test func `a new data key replaces every seal in small steps, and the old one is gone`() throws {
        var store = try SagaStore.open(singlyAt: folder.store)
        try fill(store)
        store.close()
        let (old, oldKey) = (try seals(), folder.bytes("sagas.db.key"))
        store = try SagaStore.open(singlyAt: folder.store)
        let before = try store.sealStatus()
        let renewed = try store.rekey(.file)
        #expect(renewed.isWrappedAnew)
        #expect(renewed.status.dataKey == before.dataKey + 1)
        #expect(renewed.status.master != before.master)
        #expect(renewed.status.progress?.counts == [0, 22])
        try expectWhole(store)
        // What is written from now on is under the new key, also before the steps.
        let row = try store.add(Sample.id(3), state: "late")
        #expect(try store.reseal(limit: 3).rows == 3)
        #expect(try store.sealStatus().progress?.counts == [3, 22])
        try finish(store)
        #expect(try store.sealStatus().progress == nil)
        #expect(try store.states(of: row) == ["late"])
        store.close()
        let new = try seals()
        #expect(new.count == 23)
        #expect(new.allSatisfy { $0.starts(with: [0, 2]) || $0.starts(with: [2]) })
        for seal in old { #expect(folder.names.allSatisfy { folder.bytes($0).range(of: seal.dropFirst(2)) == nil }) }
        #expect(folder.bytes("sagas.db.key") != oldKey)
        #expect(folder.names.contains("sagas.db.key.new") == false)
        let raw = try DatabaseQueue(path: folder.store)
        #expect(try raw.read { try Int.fetchAll($0, sql: "SELECT id FROM data_key") } == [2])
        try raw.close()
        // The old file opens nothing any more.
        try folder.write(oldKey, "sagas.db.key")
        #expect(failure(opening: folder.store)?.code == .key)
    }

    @Test func `a new master key alone wraps at once and changes no seal`() throws {
        var store = try SagaStore.open(singlyAt: folder.store)
        try fill(store)
        let before = try store.sealStatus()
        let renewed = try store.rekey(.file, wrapsOnly: true)
        #expect(renewed.isWrappedAnew)
        #expect(renewed.status.dataKey == before.dataKey)
        #expect(renewed.status.progress == nil)
        store.close()
        store = try SagaStore.open(singlyAt: folder.store)
        #expect(try store.sealStatus().master == renewed.status.master)
        try expectWhole(store)
        store.close()
    }

    @Test func `keys that are renewed while they are renewed end at the last one`() throws {
        let store = try SagaStore.open(singlyAt: folder.store)
        defer { store.close() }
        try fill(store)
        for _ in 0..<3 {
            _ = try store.rekey(.file)
            _ = try store.reseal(limit: 2)
            try expectWhole(store)
        }
        try finish(store)
        try expectWhole(store)
        #expect(try store.sealStatus().dataKey == 4)
    }

    /// The folder as it is after each commit is what a crash leaves.
    @Test func `after a crash at any commit every row opens, and the next process ends what was begun`() throws {
        let store = try SagaStore.open(singlyAt: folder.store)
        try fill(store)
        _ = try store.rekey(.file)
        var crashes = 0
        while true {
            let copy = try folder.copy()
            let next = try SagaStore.open(at: copy.store)
            try expectWhole(next, "\(crashes)")
            if crashes % 2 == 1 { _ = try next.rekey(.file) }
            try finish(next)
            try expectWhole(next, "\(crashes)")
            #expect(try next.sealStatus().progress == nil)
            next.close()
            crashes += 1
            if try store.reseal(limit: 3).isDone { break }
        }
        store.close()
        // 7 steps of history, 1 of sagas, 1 of signals and jobs, the end, and before and after them.
        #expect(crashes == 11)
    }

    @Test func `a crash between the commit and the file's new name is made good`() throws {
        var store = try SagaStore.open(singlyAt: folder.store)
        try fill(store)
        let old = folder.bytes("sagas.db.key")
        _ = try store.rekey(.file)
        store.close()
        let new = folder.bytes("sagas.db.key")
        for (key, next) in [(old, new), (new, old)] {
            for (name, bytes) in [("sagas.db.key", key), ("sagas.db.key.new", next)] {
                try folder.write(bytes, name)
                chmod(folder.file(name), 0o600)
            }
            store = try SagaStore.open(singlyAt: folder.store)
            try expectWhole(store)
            #expect(store.keyNotes == [])
            store.close()
            #expect(folder.bytes("sagas.db.key") == new)
            #expect(!folder.names.contains("sagas.db.key.new"))
        }
    }

    @Test func `keys that cannot be written stay as they are, and sagas go on`() throws {
        let fails = Mutex(false)
        let store = try SagaStore.inMemory(beforeCommit: {
            if fails.withLock({ $0 }) { throw CancellationError() }
        })
        try fill(store)
        let before = try store.sealStatus()
        fails.withLock { $0 = true }
        #expect(failure { () throws(StoreError) in try store.rekey(.file) } != nil)
        fails.withLock { $0 = false }
        #expect(try store.sealStatus() == before)
        try store.add(Sample.id(3), state: "A")
        _ = try store.rekey(.file)
        fails.withLock { $0 = true }
        #expect(failure { () throws(StoreError) in try store.reseal(limit: 3) } != nil)
        fails.withLock { $0 = false }
        #expect(try store.sealStatus().progress?.done == 0)
        try finish(store)
        #expect(try store.sealStatus().progress == nil)
    }

    @Test func `a row that does not open is left as it is, told, and stops nothing`() throws {
        var store = try SagaStore.open(singlyAt: folder.store)
        try fill(store)
        store.close()
        let raw = try DatabaseQueue(path: folder.store)
        try raw.write { try $0.execute(sql: "UPDATE history SET records = x'0001AABB' WHERE row IN (5, 6)") }
        try raw.close()
        store = try SagaStore.open(singlyAt: folder.store)
        defer { store.close() }
        _ = try store.rekey(.file)
        var damaged: [String] = []
        var isDone = false
        while !isDone {
            let step = try store.reseal(limit: 3)
            damaged += step.damaged
            isDone = step.isDone
        }
        #expect(damaged == ["5 of 'history'", "6 of 'history'"])
        #expect(try store.sealStatus().progress == nil)
    }

    @Test func `a store whose data keys were taken away is refused, and nothing is made or touched`() throws {
        let store = try SagaStore.open(singlyAt: folder.store)
        try fill(store)
        store.close()
        try folder.raw { try $0.execute(sql: "DELETE FROM data_key") }
        unlink(folder.file("sagas.db.key"))
        let before = folder.bytes()
        let error = failure(opening: folder.store)
        #expect(error?.code == .key)
        #expect(
            error?.message
                == "the store '\(folder.store)' has sagas and no data key; restore a backup (it was not touched)")
        #expect(folder.bytes() == before)
        #expect(!folder.names.contains("sagas.db.key"))
    }
}

extension SealStatus.Progress {
    fileprivate var counts: [Int64] { [done, total] }
}
