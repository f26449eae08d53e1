public import SagaCore

/// A saga's row: what lists, timers and recovery need without its history.
public struct SagaRow: Sendable, Hashable {
    /// The primary key is its ``SagaID/number``; the other half stands beside it.
    public var id: SagaID
    /// The row of its workflow.
    public var workflow: Int64
    /// Kept here for lists and counts alone; the history decides.
    public var status: Status
    /// The name of its state; of an ended saga the final one.
    public var state: String
    /// When it has something to do by itself; ``SagaRow/inFlight`` with calls in flight, ``SagaRow/never`` when it only
    /// waits for others, `nil` once it has ended.
    public var due: Int64?
    /// The newest row of its history.
    public var last: Int64
    /// The small number that people call it by; one sequence for a workflow's name. `nil` where nobody counts.
    public var serial: Int64?

    /// A row as it is read or to be written; `last` is 0 before the first history row.
    public init(
        id: SagaID, workflow: Int64, status: Status, state: String, due: Int64?, last: Int64, serial: Int64? = nil
    ) {
        self.serial = serial
        self.id = id
        self.workflow = workflow
        self.status = status
        self.state = state
        self.due = due
        self.last = last
    }

    /// `due` of a saga with calls in flight: first in the index, as recovery looks at these first.
    public static let inFlight: Int64 = 0
    /// `due` of a live saga that has nothing to do by itself: it stays in the index of the live ones, and no timer
    /// reaches it.
    public static let never: Int64 = .max

    /// The `due` that a saga is stored with.
    public static func due(of saga: Saga) -> Int64? {
        if saga.status.isEnded { return nil }
        if saga.openCalls.isCalling { return inFlight }
        // Times before 1970 are overdue as any other, and must not be taken for a call in flight nor be passed over at a start.
        return saga.due.map { max($0.milliseconds, inFlight + 1) } ?? never
    }
}

/// The records of one input, as stored.
public struct HistoryRow: Sendable, Hashable {
    /// Its place in the saga's history, from 1.
    public var n: Int64
    /// When the input was applied.
    public var at: Instant
    /// At least one, oldest first; numbered through the saga's rows, from 1.
    public var records: [Record]
    /// How many the records take, opened.
    public var bytes: Int
}

/// A version of a workflow that sagas were started with.
public struct StoredWorkflow: Sendable, Hashable {
    /// Its row: what ``SagaRow/workflow`` says.
    public var id: Int64
    /// As in the file; not unique, `name` and `version` are.
    public var name: String
    /// As in the file, as text.
    public var version: String
    /// SHA-256 of `source`, lower-case hexadecimal.
    public var digest: String
    /// The text of its file.
    public var source: String
}
