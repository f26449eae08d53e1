import CEL

extension Value {
    /// The same value with the members of each map in order of their names: two bodies that differ in order alone are one request.
    var canonical: Value {
        switch self {
        case .list(let items): .list(items.map(\.canonical))
        case .map(let map):
            .map(
                MapValue(
                    entries: map.entries.map { (key: $0.key, value: $0.value.canonical) }
                        .sorted { ($0.key.stringValue ?? "") < ($1.key.stringValue ?? "") }))
        default: self
        }
    }
}
