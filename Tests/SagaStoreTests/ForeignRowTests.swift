import Foundation
import SagaCore
import Testing

@testable import SagaStore

/// Values of other types in any column, and numbers that nobody would write, end in words and never in a trap.
@Suite struct ForeignRowTests {
    let folder: Folder

    init() throws { folder = try Folder() }

    /// A store after another program has written to it.
    private func store(after sql: String...) throws -> SagaStore {
        let store = try SagaStore.open(at: folder.store)
        store.close()
        try folder.foreign(sql)
        return try SagaStore.open(at: folder.store)
    }

    static let values = ["'x'", "x'00ff'", "9223372036854775807", "-9223372036854775808", "9e99", "''"]

    @Test(arguments: ["as_of", "told", "paused"])
    func `a foreign row of a restore is told in words`(column: String) throws {
        for value in ["'x'", "x'00'"] {
            let store = try store(
                after: "DELETE FROM restore", "INSERT INTO restore VALUES(1, 1, 1)",
                "UPDATE restore SET \(column) = \(value)")
            defer { store.close() }
            let error = failure { () throws(StoreError) in _ = try store.restoreNote() }
            #expect(error?.code == .unreadable)
            #expect(
                error?.message.contains(
                    "the table 'restore' of the store '\(folder.store)' holds values of other types") == true)
        }
    }

    @Test(arguments: ["saga", "input", "count", "words"])
    func `foreign suspects are left out and counted`(column: String) throws {
        for value in Self.values {
            let store = try store(
                after: "DELETE FROM suspect", "INSERT INTO suspect VALUES(1, 2, 3, 4, 5, 'w')",
                "INSERT INTO suspect VALUES(7, 8, 9, 10, 11, 'v')",
                "UPDATE suspect SET \(column) = \(value) WHERE saga = 1")
            defer { store.close() }
            try store.read { reading throws in
                let found = try reading.suspects(countMin: 0, limit: 10)
                #expect(found.contains { $0.words == "v" })
                #expect(try found.count + reading.unreadableSuspects() <= 2)
            }
        }
        let store = try store(after: "UPDATE suspect SET \(column) = x'00' WHERE words <> 'v' OR saga = 1")
        defer { store.close() }
        #expect(try store.read { try $0.unreadableSuspects() } == 1)
    }

    @Test(arguments: ["workflow", "key", "name", "data", "uid", "gid", "pid", "at", "until"])
    func `foreign early signals hinder no other, and are over at their time`(column: String) throws {
        for value in Self.values {
            let store = try store(
                after: "DELETE FROM early_signal",
                "INSERT INTO early_signal VALUES(1, 'w', 'k', 'n', x'00', 1, 2, 3, 4, 5)",
                "UPDATE early_signal SET \(column) = \(value)")
            defer { store.close() }
            let (count, next) = try store.read { try $0.earlySignalCount() }
            #expect(count == 1)
            // Who starts a saga with that key is not kept from it.
            _ = try store.read { try $0.readableEarlySignals(workflow: "w", key: "k") }
            let due = try #require(next)
            let late = try store.read { try $0.earlySignals(until: due, limit: 10) }
            #expect(late.map(\.row) == [1])
            try store.write { transaction in for (row, _) in late { try transaction.drop(earlySignal: row) } }
            #expect(try store.read { try $0.earlySignalCount() }.count == 0)
        }
    }

    @Test(arguments: [
        "act", "words", "uid", "gid", "pid", "count", "per", "accepted", "ended", "total", "position",
    ])
    func `foreign jobs are left out or read, and told of`(column: String) throws {
        for value in Self.values where !(column == "ended" && value != "NULL") {
            let store = try store(
                after: "DELETE FROM job", "DELETE FROM job_saga",
                "INSERT INTO job VALUES(1, 'retry', x'00', 1, 2, 3, 50, 1000, 4, NULL, 10, 0)",
                "INSERT INTO job_saga VALUES(1, 0, 5, 6, NULL, NULL)", "UPDATE job SET \(column) = \(value)")
            defer { store.close() }
            try store.read { reading throws in
                let open = try reading.openJobs()
                #expect(try open.count + reading.unreadableJobs().count == 1)
                for job in open { #expect(job.position <= job.total && job.total <= JobRow.totalMax) }
                _ = try reading.jobs(limit: 10)
            }
        }
    }

    @Test(arguments: ["position", "saga", "low", "outcome", "message"])
    func `foreign sagas of a job are left out, and go with it`(column: String) throws {
        for value in Self.values {
            let store = try store(
                after: "DELETE FROM job", "DELETE FROM job_saga",
                "INSERT INTO job VALUES(1, 'retry', x'00', 1, 2, 3, 50, 1000, 4, 5, 10, 10), (2, 'a', x'', 0, 0, 0, 1, 1, 1, 1, 1, 1)",
                "INSERT INTO job_saga VALUES(1, 0, 5, 6, 0, NULL)", "UPDATE job_saga SET \(column) = \(value)")
            defer { store.close() }
            try store.read { reading throws in
                for saga in try reading.sagas(ofJob: 1, from: 0, limit: 10) {
                    #expect(saga.position <= JobRow.totalMax)
                }
                _ = try reading.outcomes(ofJob: 1)
            }
            let now = Instant(milliseconds: 100)
            for hasSagas in [true, false] {
                let old = try #require(try store.read { try $0.oldJob(endedBefore: now) })
                #expect(old == (id: 1, hasSagas: hasSagas))
                try store.write { try hasSagas ? $0.deleteSomeSagas(ofJob: 1) : $0.delete(job: 1) }
            }
            #expect(try store.read { try $0.oldJob(endedBefore: now) } == nil)
        }
    }

    @Test func `a saga's number that nobody gave is in no other's way`() throws {
        let store = try store(
            after:
                "INSERT INTO saga(number, low, workflow, status, state, last) VALUES(9223372036854775807, 1, 1, 1, 'A', 0)",
            "INSERT INTO saga(number, low, workflow, status, state, due, last) VALUES(-5, 1, 1, 1, 'A', 3, 0)",
            "INSERT INTO saga VALUES(77, 'x', 'y', 'z', 1, 'q', 'r', 's', 't', 'u', 'v', 'w')")
        defer { store.close() }
        try store.read { reading throws in
            #expect(try reading.lastNumber() == 77)
            _ = try reading.due(after: -1, until: .max)
            _ = try reading.liveCounts()
            _ = try reading.sagas(limit: 10).map(\.id.description)
        }
    }

    @Test func `a time of history that is none concerns its row alone`() throws {
        let store = try store(after: "INSERT INTO history VALUES(1, \(Sample.id(1).number), 1, 'noon', x'00')")
        defer { store.close() }
        let row = SagaRow(id: Sample.id(1), workflow: 1, status: .succeeded, state: "", due: nil, last: 1)
        #expect(try store.read { try $0.lastTime(of: row) } == nil)
    }

    @Test(
        arguments: [
            (0, 0, 0), (10, 4_096, 40_960), (1 << 51, 4_096, .max), (1 << 63, 1, .max), (.max, .max, .max),
            (1 << 62, 4_096, .max),
        ] as [(UInt64, UInt64, Int64)])
    func `a file system without end has room`(blocks: UInt64, size: UInt64, bytes: Int64) {
        #expect(SagaStore.bytes(blocks: blocks, of: size) == bytes)
    }
}
