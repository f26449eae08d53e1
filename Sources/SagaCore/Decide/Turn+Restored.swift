extension Turn {
    /// Takes note that the store is one of a backup, once for each. Nothing moves by it: what was in flight is settled as after any end of
    /// the daemon, under its own key.
    mutating func restored(_ asOf: Instant) {
        guard saga.end == nil, saga.restoredAsOf != asOf else { return }
        emit(.restored(asOf: asOf))
    }
}
