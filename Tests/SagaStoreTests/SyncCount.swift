import CountedSync

/// Counts what this process syncs; the tests that use it run one at a time.
enum SyncCount {
    /// How many times files whose path begins so were synced during `work`.
    static func during(_ prefix: String, _ work: () throws -> Void) rethrows -> Int {
        _ = counted_sync(prefix)
        try work()
        return Int(counted_sync(prefix))
    }
}
