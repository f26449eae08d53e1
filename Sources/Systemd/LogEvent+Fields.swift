import Logging

extension LogEvent {
    /// All that the event says beside its message, of which the nearer wins: the event's own, the surroundings', the logger's.
    func fields(of handler: some LogHandler) -> [(key: String, value: String)] {
        var merged = handler.metadata
        if let provided = handler.metadataProvider?.get() { merged.merge(provided) { _, nearer in nearer } }
        if let metadata { merged.merge(metadata) { _, nearer in nearer } }
        if let error, merged["error"] == nil { merged["error"] = "\(error)" }
        return merged.map { ($0.key, $0.value.description) }
    }
}
