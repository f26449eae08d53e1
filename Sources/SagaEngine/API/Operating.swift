public import SagaCore

/// Names a step of a saga as an operator does: by its number, its state, or its call.
public struct StepReference: Sendable, Hashable, CustomStringConvertible {
    /// `9`, `Paying` or `payment.charge`.
    public var text: String

    /// A reference that nobody has looked up yet.
    public init(_ text: String) {
        self.text = text
    }

    public var description: String { text }

    /// The step's number: of several that fit the newest, as that is the one at hand.
    func number(in saga: Saga) -> Int? {
        if let number = Int(text) { return number }
        return saga.steps.last { run in
            run.state == text || "\(run.call)" == text || run.undo.map { "\($0.call)" } == text
        }?.number
    }
}

/// An operator's act on one saga (semantics.md, rule 22).
public struct OperateCommand: Sendable, Hashable {
    /// What is done.
    public var act: Act
    /// Why; blank is ``EngineError/reasonMissing``.
    public var reason: String
    /// Who, as the kernel attests it; `nil` when nobody at a socket did.
    public var by: Actor?

    public init(_ act: Act, reason: String, by: Actor? = nil) {
        self.act = act
        self.reason = reason
        self.by = by
    }

    /// With steps named as people do.
    public typealias Act = ActKind<StepReference>

    /// The reason without blanks around it.
    /// - Throws: ``EngineError/reasonMissing``.
    static func checked(_ reason: String) throws(EngineError) -> String {
        let trimmed = reason.drop { $0.isWhitespace }
        guard let last = trimmed.lastIndex(where: { !$0.isWhitespace }) else { throw .reasonMissing }
        return String(trimmed[...last])
    }
}

/// What an act did, or would do.
public struct OperateVerdict: Sendable {
    /// The saga with `records` applied.
    public var saga: Saga
    /// The records of the act and of what follows from it at once.
    public var entries: [HistoryEntry]
    /// The calls that leave after the commit.
    public var calls: [Call]
}
