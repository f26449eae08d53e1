public import CEL
public import GRDB

/// What an operation came to. Everything that the operation wrote is committed together with it.
public enum OperationOutcome: Sendable {
    /// It took effect. Answered with 200 and kept under the key.
    case done(Value)
    /// A definite no: nothing took effect. Kept under the key too, so that the same key is always refused.
    case refused(Problem)
    /// No answer yet: nothing is kept under the key and the same key runs again. What was written is kept, so write no effect:
    /// this is for bookkeeping, such as a count of tries. Answered as `retry`, or with ``Problem/inProgress(_:retryAfter:)`` as `pending`.
    case unanswered(Problem)
}

/// What a compensation finds of the call that it undoes.
public enum Undone: Sendable {
    /// The call took effect; `answer` is what it was told, `operation` which it was.
    case done(operation: String, answer: KeptAnswer)
    /// The call was refused: nothing is to be undone.
    case refused(operation: String)
    /// The call never came. A tombstone is stored in this transaction: if it still comes, it is refused (rule 15 of semantics.md).
    case neverCame
}

/// Something that a participant does, once per idempotency key.
///
/// The closures run inside the write transaction that keeps the answer, so they must not block, and whatever they write shares the
/// answer's fate. An error that they throw rolls back what they wrote, and nothing is kept under the key: a ``Problem`` is
/// answered as it is, anything else with 503.
public struct Operation: Sendable {
    typealias Forward = @Sendable (Database) throws -> OperationOutcome
    typealias Undo = @Sendable (Undone, Database) throws -> OperationOutcome

    enum Work: Sendable {
        /// Reads the call outside the transaction and gives what is to be done inside.
        case forward(@Sendable (IncomingCall) throws -> Forward)
        case compensation(of: Set<String>, @Sendable (IncomingCall) -> Undo)
    }

    /// Its name, as in `payment.charge`: lower case words.
    public let name: String
    let work: Work
    /// How long to hold a fresh answer back once it is durable; zero when nil.
    var holdBack: (@Sendable (IncomingCall) -> Swift.Duration)?

    /// An operation that does something.
    ///
    /// - Parameters:
    ///   - read: checks the body, before any transaction; throws ``Problem`` for a request that can never be taken, which is then
    ///     kept under the key as a refusal.
    ///   - run: does it, inside the transaction.
    public static func forward<Request: Sendable>(
        _ name: String,
        read: @escaping @Sendable (IncomingCall) throws(Problem) -> Request,
        run: @escaping @Sendable (Request, IncomingCall, Database) throws -> OperationOutcome
    ) -> Operation {
        Operation(
            name: name,
            work: .forward { call in
                let request = try read(call)
                return { db in try run(request, call, db) }
            })
    }

    /// An operation that undoes what the operations `of` did, named by the header `Saga-Compensates`. It must not refuse: nothing stops
    /// a compensation (rules 13 and 14 of semantics.md).
    public static func compensation(
        _ name: String, of operations: Set<String>,
        undo: @escaping @Sendable (IncomingCall, Undone, Database) throws -> OperationOutcome
    ) -> Operation {
        Operation(
            name: name,
            work: .compensation(of: operations) { call in
                { undone, db in try undo(call, undone, db) }
            })
    }

    /// The same operation, with its first answer held back as long as `duration` says after it is durable. For testing callers.
    public func holdingBack(_ duration: @escaping @Sendable (IncomingCall) -> Swift.Duration) -> Operation {
        var copy = self
        copy.holdBack = duration
        return copy
    }
}
