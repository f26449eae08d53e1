import SagaStore

/// A view whose rows are not all as its definition says.
public struct ViewState: Sendable, Hashable {
    /// As workflows call it.
    public var name: String
    /// How far its rows are written anew; `nil` while nobody has asked for it.
    public var progress: Progress?

    /// Sagas.
    public struct Progress: Sendable, Hashable {
        /// Looked at.
        public var done: Int
        /// As many as there were at the beginning.
        public var total: Int
    }

    init(_ view: StoredView) {
        name = view.name
        progress = view.rebuild.map { Progress(done: Int($0.done), total: Int(max($0.done, $0.total))) }
    }
}
