import CEL
import GRDB

/// A call inside the write transaction: looks its key up, runs what must run, keeps the answer.
struct KeyedCall: Sendable {
    let call: IncomingCall
    let operation: String
    let participant: String
    let fingerprint: [UInt8]

    /// The same key again gets the kept answer; a key with a tombstone is refused for good.
    func perform(_ run: Operation.Forward, _ db: Database) throws -> IdempotentStore.Kept {
        if let known = try KeyRow.find(call.key, db) {
            guard let answer = known.answer else { throw Problem.fenced(call.key) }
            guard known.operation == operation else {
                throw Problem.keyReuse("the key '\(call.key)' belongs to a call of '\(known.operation)'")
            }
            guard known.fingerprint == fingerprint else {
                throw Problem.keyReuse(
                    "the key '\(call.key)' was used with another body: repeat with the same body, or use another key")
            }
            return .replay(answer)
        }
        return try keep(run(db), db)
    }

    /// The key that this compensation undoes.
    func compensated() throws(Problem) -> String {
        guard let compensated = call.compensates else { throw .missingCompensates }
        guard compensated != call.key else {
            throw .keyReuse(
                "a compensation has its own key: Idempotency-Key and Saga-Compensates are both '\(call.key)'")
        }
        return compensated
    }

    /// Undoes once what `compensated` did, or makes sure that it never will.
    func compensate(
        _ compensated: String, of operations: Set<String>, _ undo: Operation.Undo, _ db: Database
    ) throws -> IdempotentStore.Kept {
        if let known = try KeyRow.find(call.key, db) {
            // The body is not compared: a compensation is never turned away for a formality (rules 13 and 14).
            guard known.compensates == compensated, let answer = known.answer else {
                throw Problem.keyReuse(
                    "the key '\(call.key)' does not belong to a compensation of '\(compensated)': use another key")
            }
            return .replay(answer)
        }
        if let answer = try KeyRow.compensation(of: compensated, db) { return .replay(answer) }
        return try keep(undo(found(compensated, of: operations, db), db), db)
    }

    private func found(_ compensated: String, of operations: Set<String>, _ db: Database) throws -> Undone {
        guard let known = try KeyRow.find(compensated, db) else {
            try KeyRow.insertTombstone(compensated, sagaId: call.sagaId, db)
            return .neverCame
        }
        guard let answer = known.answer else { return .neverCame }
        guard operations.contains(known.operation) else {
            throw Problem(
                422, "cannot-undo", title: "The compensation does not undo this operation",
                detail: "the key '\(compensated)' belongs to a call of '\(known.operation)'; '\(operation)' undoes "
                    + operations.sorted().joined(separator: " and "))
        }
        return answer.succeeded
            ? .done(operation: known.operation, answer: answer) : .refused(operation: known.operation)
    }

    private func keep(_ outcome: OperationOutcome, _ db: Database) throws -> IdempotentStore.Kept {
        let answer: KeptAnswer
        switch outcome {
        case .done(let body): answer = KeptAnswer(status: 200, body)
        case .refused(let problem): answer = problem.answer(from: participant)
        case .unanswered(let problem): return .unanswered(problem)
        }
        try KeyRow.insert(call, operation: operation, fingerprint: fingerprint, answer: answer, db)
        return .fresh(answer)
    }
}

extension Problem {
    static var missingCompensates: Problem {
        Problem(
            400, "missing-saga-compensates", title: "A header is missing",
            detail: "Saga-Compensates is required: it names the idempotency key of the call that is to be undone")
    }
}
