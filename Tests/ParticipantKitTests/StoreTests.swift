import CEL
import Foundation
import GRDB
import TestPrograms
import Testing

@testable import ParticipantKit

/// The store by itself, with an operation that counts.
@Suite struct StoreTests {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    func open(_ participant: String = "counter") throws -> IdempotentStore {
        try IdempotentStore(path: folder.file("kit.db"), participant: participant) { migrator in
            migrator.registerMigration("counter-1") { db in
                try db.execute(sql: "CREATE TABLE mark (key TEXT NOT NULL)")
            }
        }
    }

    /// Leaves a mark; the body says how it goes on.
    static let mark = ParticipantKit.Operation.forward(
        "mark",
        read: { call throws(Problem) in call.body["then"]?.stringValue ?? "done" },
        run: { then, call, db in
            try db.execute(sql: "INSERT INTO mark (key) VALUES (?)", arguments: [call.key])
            switch then {
            case "refused": return .refused(Problem(409, "no", title: "No", detail: "no"))
            case "unanswered": return .unanswered(Problem(503, "later", title: "Later", detail: "later"))
            case "problem": throw Problem.invalid("thrown")
            case "database": try db.execute(sql: "INSERT INTO nowhere VALUES (1)")
            default: break
            }
            return .done(["marks": .int(try Int64.fetchOne(db, sql: "SELECT count(*) FROM mark") ?? 0)])
        })

    static let unmark = ParticipantKit.Operation.compensation("unmark", of: ["mark"]) { call, undone, db in
        guard case .done = undone else { return .done(["unmarked": false]) }
        try db.execute(sql: "DELETE FROM mark WHERE key = ?", arguments: [call.compensates])
        return .done(["unmarked": true])
    }

    func marks(_ store: IdempotentStore) async throws -> [String] {
        try await store.read { db in try String.fetchAll(db, sql: "SELECT key FROM mark ORDER BY key") }
    }

    func code(_ store: IdempotentStore, _ key: String, then: String) async -> String? {
        do {
            _ = try await store.perform(Self.mark, IncomingCall(key: key, body: ["then": .string(then)]))
            return nil
        } catch {
            return (error as? Problem)?.code
        }
    }

    @Test func `the writer syncs each commit: synchronous is FULL after the pool is open`() throws {
        let store = try open()
        let level = try store.pool.writeWithoutTransaction { db in try Int.fetchOne(db, sql: "PRAGMA synchronous") }
        #expect(level == 2)
        #expect(try store.pool.read { db in try String.fetchOne(db, sql: "PRAGMA journal_mode") } == "wal")
    }

    @Test func `an answer is kept over closing and opening`() async throws {
        let store = try open()
        let first = try await store.perform(Self.mark, IncomingCall(key: "a"))
        #expect(first == .init(answer: KeptAnswer(status: 200, ["marks": 1]), isReplay: false))
        try store.close()
        let again = try await open().perform(Self.mark, IncomingCall(key: "a"))
        #expect(again == .init(answer: first.answer, isReplay: true))
    }

    @Test func `a refusal is kept with what was written, a thrown problem leaves nothing`() async throws {
        let store = try open()
        let refused = try await store.perform(Self.mark, IncomingCall(key: "a", body: ["then": "refused"]))
        #expect(refused.answer.status == 409)
        #expect(try await store.perform(Self.mark, IncomingCall(key: "a", body: ["then": "refused"])).isReplay)
        #expect(await code(store, "b", then: "problem") == "invalid")
        #expect(await code(store, "c", then: "database") == "storage")
        #expect(try await marks(store) == ["a"])
        #expect(try await store.perform(Self.mark, IncomingCall(key: "b")).isReplay == false)
    }

    @Test func `without an answer the writes stay and the key runs again`() async throws {
        let store = try open()
        #expect(await code(store, "a", then: "unanswered") == "later")
        #expect(await code(store, "a", then: "unanswered") == "later")
        #expect(try await marks(store) == ["a", "a"])
    }

    @Test func `one that fails does not undo the others of its commit`() async throws {
        let store = try open()
        await withTaskGroup { group in
            for number in 0..<200 {
                group.addTask { [self] in
                    _ = await code(store, "\(number)", then: number % 3 == 0 ? "database" : "done")
                }
            }
        }
        #expect(try await marks(store).sorted() == (0..<200).filter { $0 % 3 != 0 }.map(String.init).sorted())
    }

    @Test func `a cancelled caller takes nobody's write with it`() async throws {
        let store = try open()
        try await withThrowingTaskGroup { group in
            for number in 0..<50 {
                group.addTask { _ = try await store.perform(Self.mark, IncomingCall(key: "\(number)")) }
            }
            group.cancelAll()
            try await group.waitForAll()
        }
        #expect(try await marks(store).count == 50)
    }

    @Test func `while another process holds the database the answer is 503 and nothing is kept`() async throws {
        let store = try open()
        var configuration = Configuration()
        configuration.allowsUnsafeTransactions = true
        let other = try DatabaseQueue(path: folder.file("kit.db"), configuration: configuration)
        try await other.writeWithoutTransaction { db in try db.execute(sql: "BEGIN IMMEDIATE") }
        #expect(await code(store, "a", then: "done") == "storage")
        try await other.writeWithoutTransaction { db in try db.execute(sql: "ROLLBACK") }
        #expect(try await marks(store).isEmpty)
        #expect(try await store.perform(Self.mark, IncomingCall(key: "a")).isReplay == false)
    }

    @Test func `a full disk answers 503, keeps nothing, and works again afterwards`() async throws {
        let store = try open()
        let pages = try await store.pool.writeWithoutTransaction { db in
            let pages = try Int.fetchOne(db, sql: "PRAGMA page_count") ?? 0
            // As a full disk: SQLITE_FULL when the file would grow.
            try db.execute(sql: "PRAGMA max_page_count = \(pages)")
            return pages
        }
        #expect(pages > 0)
        var stored = 0
        var refused: String?
        while refused == nil, stored < 10_000 {
            refused = await code(store, "\(stored)", then: "done")
            if refused == nil { stored += 1 }
        }
        #expect(refused == "storage")
        #expect(try await marks(store).count == stored)
        try await store.pool.writeWithoutTransaction { db in try db.execute(sql: "PRAGMA max_page_count = 1000000") }
        #expect(await code(store, "\(stored)", then: "done") == nil)
        #expect(try await marks(store).count == stored + 1)
    }

    @Test func `rule 15: a compensation before its call fences it, for every operation`() async throws {
        let store = try open()
        let undone = try await store.perform(Self.unmark, IncomingCall(key: "u", compensates: "a"))
        #expect(undone.answer == KeptAnswer(status: 200, ["unmarked": false]))
        #expect(await code(store, "a", then: "done") == "fenced")
        #expect(try await store.perform(Self.unmark, IncomingCall(key: "u2", compensates: "a")).isReplay)
    }

    @Test func `50 calls and 50 compensations of the same key at once end undone or never done`() async throws {
        let store = try open()
        await withTaskGroup { group in
            for number in 0..<50 {
                group.addTask { _ = try? await store.perform(Self.mark, IncomingCall(key: "a")) }
                group.addTask {
                    _ = try? await store.perform(Self.unmark, IncomingCall(key: "u\(number)", compensates: "a"))
                }
            }
        }
        #expect(try await marks(store).isEmpty)
    }

    @Test func `the database of another participant, of another program and of a newer version is refused`() throws {
        try open().close()
        #expect {
            _ = try open("other")
        } throws: { error in
            "\(error)" == "'\(folder.file("kit.db"))' belongs to counter, not to other: name another with --database"
        }
        #expect {
            _ = try IdempotentStore(path: folder.file("kit.db"), participant: "counter")
        } throws: { error in
            "\(error)" == "'\(folder.file("kit.db"))' was written by a newer version of counter: run that one"
        }
        let foreign = try DatabaseQueue(path: folder.file("foreign.db"))
        try foreign.write { db in try db.execute(sql: "CREATE TABLE saga (id)") }
        try foreign.close()
        #expect {
            _ = try IdempotentStore(path: folder.file("foreign.db"), participant: "counter")
        } throws: { error in
            "\(error)"
                == "'\(folder.file("foreign.db"))' is the database of another program, not of counter: "
                + "name another with --database"
        }
    }
}
