internal import Foundation
import Synchronization

/// The keys of an open store.
final class Keys: Sendable {
    let ring: KeyRing
    let notes: [KeyNote]
    let file: KeyFile?
    private let master: Mutex<MasterKey>

    init(ring: KeyRing, master: MasterKey, file: KeyFile?, notes: [KeyNote]) {
        self.ring = ring
        self.file = file
        self.notes = notes
        self.master = Mutex(master)
    }

    /// What wraps the data keys.
    var wrapper: MasterKey {
        get { master.withLock { $0 } }
        set { master.withLock { $0 = newValue } }
    }
}

/// How the store is sealed.
public struct SealStatus: Sendable, Hashable {
    /// The number of the data key that seals.
    public var dataKey: Int64
    /// The ``MasterKey/fingerprint`` of the key that wraps it.
    public var master: String
    /// Where that one was found.
    public var origin: String
    /// How far older seals are replaced; `nil` when there are none.
    public var progress: Progress?

    /// Rows of sagas and of their histories.
    public struct Progress: Sendable, Hashable {
        /// Looked at.
        public var done: Int64
        /// To be looked at in all.
        public var total: Int64
    }
}

/// What renewing the keys came to.
public struct Rekeyed: Sendable, Hashable {
    /// How the store is sealed from now on.
    public var status: SealStatus
    /// Whether another master key wraps than before.
    public var isWrappedAnew: Bool
}

/// One step of replacing older seals.
public struct Resealed: Sendable, Hashable {
    /// Rows that were sealed anew.
    public var rows: Int
    /// Rows that do not open, as in `17 of 'history'`: left as they are, and told.
    public var damaged: [String]
    /// Whether nothing is left to do.
    public var isDone: Bool
}
