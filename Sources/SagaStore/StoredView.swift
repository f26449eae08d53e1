public import SagaCore

/// A view that the store keeps rows of, and whether all of them are as its definitions say.
public struct StoredView: Sendable, Hashable {
    /// Names it in its rows; from 1, and never given again.
    public var id: Int64
    /// As workflows call it; unique.
    public var name: String
    /// By which definition the rows of each workflow's sagas are written from now on.
    public var digests: [String: UInt64]
    /// Sagas up to this number may have rows by an older definition, or none; `nil`: all rows are as the definitions say.
    public var olderUntil: Int64?
    /// The rebuild that is under way; the next process goes on with it.
    public var rebuild: Rebuild?

    /// How far the rows are written anew.
    public struct Rebuild: Sendable, Hashable {
        /// The number of the last saga that was looked at; 0 before the first.
        public var position: Int64 = 0
        /// How many sagas were looked at.
        public var done: Int64 = 0
        /// How many there were when it began.
        public var total: Int64

        /// One that has looked at none yet.
        public init(total: Int64) {
            self.total = total
        }
    }

    /// A view that has no rows yet.
    public init(id: Int64, name: String) {
        self.id = id
        self.name = name
        digests = [:]
    }
}

/// What a saga shows in a view, as stored: in a table of its own, so that nobody who reads it reads a saga.
public struct ViewRow: Sendable, Hashable {
    /// The ``StoredView/id``.
    public var view: Int64
    /// Whose row it is; it has one in a view.
    public var saga: SagaID
    /// What it is looked up by, as it is; `nil` when nothing finds it.
    public var key: String?
    /// The key as it is shown: secrets masked, or why there is none.
    public var shownKey: String
    /// JSON, secrets masked.
    public var row: [UInt8]

    public init(view: Int64, saga: SagaID, key: String?, shownKey: String, row: [UInt8]) {
        self.view = view
        self.saga = saga
        self.key = key
        self.shownKey = shownKey
        self.row = row
    }
}
