import Basics
import Foundation
import GRDB
import SagaCore
import SagaStore
import Testing

/// The write-ahead log: used again and again, and short again after it had to grow.
@Suite struct LogLengthTests {
    let folder: Folder

    init() throws { folder = try Folder() }

    /// Nothing that can be packed.
    private static let noise: [UInt8] = {
        var chance = SplitMix64(seed: 3)
        return (0..<65_536).map { _ in UInt8(truncatingIfNeeded: chance.next()) }
    }()

    private var logBytes: Int { folder.bytes("sagas.db-wal").count }

    /// A transaction of about a mebibyte.
    private func write(_ number: Int, _ store: SagaStore) throws {
        try store.write { transaction throws in
            for part in 0..<16 {
                try transaction.append(
                    Self.noise, saga: Sample.id(number).number, n: Int64(part + 1),
                    at: Sample.start)
            }
        }
    }

    @Test func `a log that grew under another program's reader is short again once that is gone`() throws {
        let store = try SagaStore.open(at: folder.store)
        defer { store.close() }
        try store.add(Sample.id(0))
        var configuration = Configuration()
        configuration.allowsUnsafeTransactions = true
        let reader = try DatabaseQueue(path: folder.store, configuration: configuration)
        try reader.inDatabase { db in
            try db.execute(sql: "BEGIN; SELECT count(*) FROM saga")
        }
        for number in 1...48 { try write(number, store) }
        #expect(logBytes > 40 << 20)
        #expect(store.isLogLong)
        // With the reader still there nothing can be done about it.
        for _ in 0..<3 { try store.probe(writing: true) }
        #expect(store.isLogLong)
        try reader.inDatabase { try $0.execute(sql: "COMMIT") }
        for _ in 0..<2 { try store.probe(writing: true) }
        #expect(logBytes <= 16 << 20)
        #expect(!store.isLogLong)
        try reader.close()
    }

    @Test func `in normal running it is used again as it is`() throws {
        let store = try SagaStore.open(at: folder.store)
        defer { store.close() }
        var longest = 0
        var restarts = 0
        var salts = Data()
        for number in 0..<64 {
            try write(number, store)
            let log = folder.bytes("sagas.db-wal")
            // Never cut: appending to a log takes twice as long as writing over it.
            #expect(log.count >= longest)
            longest = log.count
            // Of its header; they change when it is begun anew (sqlite.org/fileformat2.html#walformat).
            if log[16..<24] != salts { restarts += 1 }
            salts = log[16..<24]
        }
        #expect(restarts > 5)
        #expect(longest < 16 << 20)
    }
}
