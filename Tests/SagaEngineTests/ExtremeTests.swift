import Foundation
import GRDB
import SagaCore
import SagaStore
import Synchronization
import Testing

@testable import SagaEngine

/// Clocks, numbers and rows that nobody would think of end in words and never in a trap.
@Suite struct ExtremeTests {
    private static let path = "/tmp/yogi-extreme-\(UUID().uuidString.prefix(13).lowercased())"

    static let times: [Int64] = [
        .min, .min + 1, -62_135_596_800_000, -1, 0, 1, 253_402_300_799_999, 9_400_000_000_000_000, .max / 4_096,
        .max - 1, .max,
    ]

    @Test(arguments: times)
    func `a machine's clock of any year is one of the years that can be written`(time: Int64) {
        for nanoseconds in [0, 999_999_999] as [Int64] {
            let now = SystemClock.instant(seconds: time, nanoseconds: nanoseconds)
            #expect((-62_135_596_800_000...253_402_300_799_999).contains(now.milliseconds))
            #expect(now.rfc3339.utf8.count == 24)
        }
    }

    @Test(arguments: times) func `sagas start at any time, with ids that are above all before`(time: Int64) throws {
        let rig = try Rig(try SagaStore.inMemory())
        let first = try rig.start()
        rig.clock.time.milliseconds.withLock { $0 = min(max(time, -62_135_596_800_000), 253_402_300_799_999) }
        let next = try rig.start()
        #expect(next.id > first.id)
        #expect(SagaID.high(number: next.id.number) == next.id.high)
        #expect(SagaID(next.id.description) == next.id)
    }

    @Test(arguments: times) func `the first number of any time is a number`(time: Int64) {
        #expect((0...SagaID.numberMax).contains(SagaID.firstNumber(at: time)))
        let id = SagaID(high: SagaID.high(number: SagaID.firstNumber(at: time)), low: 0)
        #expect(id.number == SagaID.firstNumber(at: time))
    }

    private func store(_ name: String, after sql: [String]) throws -> SagaStore {
        let path = "\(Self.path)-\(name).db"
        try SagaStore.open(at: path).close()
        let raw = try DatabaseQueue(path: path)
        // Past STRICT, as a damaged page or another program writes.
        let loosened = """
            PRAGMA writable_schema = ON;
            UPDATE sqlite_schema SET sql = replace(replace(sql, ' STRICT,', ''), ' STRICT', '')
            """
        try raw.writeWithoutTransaction { db in
            for sql in [loosened, "PRAGMA writable_schema = RESET"] + sql { try db.execute(sql: sql) }
        }
        try raw.close()
        return try SagaStore.open(at: path)
    }

    @Test func `when the greatest number is taken a start is refused in words`() throws {
        let store = try store(
            "numbers",
            after: [
                "INSERT INTO saga(number, low, workflow, status, state, last) VALUES(\(SagaID.numberMax), 1, 1, 1, 'A', 0)"
            ])
        defer { store.close() }
        let rig = try Rig(store)
        #expect(
            throws: EngineError.store(
                code: "unreadable",
                message: "a saga has the greatest number that there is, so that none can follow; restore a backup")
        ) { try rig.start() }
    }

    @Test func `a start with rows of another program goes well, and names them`() throws {
        let store = try store(
            "rows",
            after: [
                "INSERT INTO job VALUES(7, 'retry', x'00', 1, 2, 3, 'many', 9223372036854775807, 4, NULL, 10, -9223372036854775808)",
                "INSERT INTO suspect VALUES('s', x'00', 'c', 1, 1, 2)",
                "INSERT INTO early_signal VALUES(3, 'desk', 'k', 'go', 'plain', 'u', 'g', 'p', 'at', 'until')",
                "INSERT INTO early_signal VALUES(4, 'desk', 'k2', 'go', x'00', 1, 2, 3, 4, 5)",
                "INSERT INTO saga(number, low, workflow, status, state, due, last) VALUES(9223372036854775807, 1, 1, 1, 'A', 0, 0)",
            ])
        defer { store.close() }
        let rig = try Rig(store)
        rig.advance(milliseconds: 1)
        let saga = try rig.start(key: "k3")
        #expect(try rig.signal(saga, "go").state == "Later")
        let told = rig.logged.lines.filter { $0.contains("rows of the store do not read and are ignored") }
        #expect(told.contains { $0.contains("rows=7 ") && $0.contains("table=job") })
        #expect(told.contains { $0.contains("count=1") && $0.contains("table=suspect") })
        #expect(told.contains { $0.contains("rows=4, 3") || $0.contains("rows=3, 4") })
        #expect(try store.read { try $0.earlySignalCount() }.count == 0)
    }

    @Test(arguments: times) func `retention at any time takes nothing that it must not`(time: Int64) throws {
        let rig = try Rig(try SagaStore.inMemory())
        _ = try rig.start()
        let step = try rig.loop.writer.prune(
            Retention(succeeded: 1, jobs: 1), after: 0, at: Instant(milliseconds: time))
        #expect(step.pruned.sagas == 0)
    }
}
