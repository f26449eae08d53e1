import CEL
import Crypto
import Foundation
public import GRDB

/// A participant's own database: what it did under which idempotency key, beside its own tables.
///
/// Each operation runs in the transaction that keeps its answer, so it took effect if and only if the key is known. A compensation whose
/// call never came leaves a tombstone in the place of that key (rule 15 of semantics.md). Waiting writes share a commit.
public final class IdempotentStore: Sendable {
    /// An answer, and whether it was kept from before.
    public struct Performed: Sendable, Equatable {
        /// What the caller is told.
        public let answer: KeptAnswer
        /// The operation did not run now: the same key had this answer already.
        public let isReplay: Bool
    }

    let pool: DatabasePool
    private let commits: GroupCommit
    private let participant: String
    /// Random bytes of this database: without them a kept fingerprint cannot be compared with that of a guessed request.
    private let salt: [UInt8]

    /// Opens the database at `path` or creates it. The folder must exist.
    ///
    /// - Parameters:
    ///   - participant: whose it is; the database of another participant is refused.
    ///   - migrations: registers the participant's own tables.
    /// - Throws: ``StoreError`` when the file is not this participant's, or cannot be made durable.
    public init(
        path: String, participant: String, migrations: (inout DatabaseMigrator) -> Void = { _ in }
    ) throws(StoreError) {
        self.participant = participant
        (pool, salt) = try Schema.open(path: path, participant: participant, migrations: migrations)
        commits = GroupCommit(pool)
    }

    /// Does what `call` asks for, unless its key was answered before; returns once the answer is durable.
    ///
    /// - Throws: ``Problem`` when nothing was kept: the call is fenced, reuses a key, or must be tried again.
    public func perform(_ operation: Operation, _ call: IncomingCall) async throws -> Performed {
        let keyed = KeyedCall(
            call: call, operation: operation.name, participant: participant,
            fingerprint: Self.fingerprint(of: call.body, operation: operation.name, salt: salt))
        let kept: Kept
        switch operation.work {
        case .forward(let prepare):
            let run = try Self.prepared(prepare, call)
            kept = try await commits.write { db in try keyed.perform(run, db) }
        case .compensation(let operations, let undo):
            let compensated = try keyed.compensated()
            let undo = undo(call)
            kept = try await commits.write { db in
                try keyed.compensate(compensated, of: operations, undo, db)
            }
        }
        return try kept.performed()
    }

    /// Reads the participant's tables as the last commit left them.
    public func read<Result: Sendable>(_ query: @escaping @Sendable (Database) throws -> Result) async throws -> Result
    {
        do {
            return try await pool.read(query)
        } catch let error as DatabaseError {
            var problem = Problem.storage(error)
            problem.outcome = nil
            throw problem
        }
    }

    /// Moves what the WAL has into the database file and closes both. After the last request: whoever still asks gets an error.
    public func close() throws {
        try pool.writeWithoutTransaction { db in _ = try db.checkpoint(.truncate) }
        try pool.close()
    }

    /// A request that can never be taken is refused under its key, as it could not be said otherwise that the key did nothing before and
    /// will do nothing: an earlier attempt may be known, or may still be on its way.
    private static func prepared(
        _ prepare: @Sendable (IncomingCall) throws -> Operation.Forward, _ call: IncomingCall
    ) throws -> Operation.Forward {
        do {
            return try prepare(call)
        } catch let problem as Problem where (400..<500).contains(problem.status) {
            return { _ in .refused(problem) }
        }
    }

    /// Recognises a body without keeping it: it may hold what must not be stored, such as a card number.
    static func fingerprint(of body: Value, operation: String, salt: [UInt8]) -> [UInt8] {
        Array(SHA256.hash(data: salt + Array(operation.utf8) + [0] + JSON.bytes(body.canonical)))
    }

    /// What the transaction left: an answer under the key, or the bookkeeping of an operation that gave none.
    enum Kept: Sendable {
        case fresh(KeptAnswer)
        case replay(KeptAnswer)
        case unanswered(Problem)

        func performed() throws -> Performed {
            switch self {
            case .fresh(let answer): Performed(answer: answer, isReplay: false)
            case .replay(let answer): Performed(answer: answer, isReplay: true)
            case .unanswered(var problem):
                problem.outcome = problem.outcome ?? .retry
                throw problem
            }
        }
    }
}
