package import CEL

extension Value {
    /// About how many bytes it takes in memory, which is more than on the wire: what budgets in bytes count (rule 24).
    package var weight: Int {
        switch self {
        case .string(let text): text.utf8.count + 32
        case .bytes(let bytes): bytes.count + 48
        case .list(let items): items.reduce(48) { $0 + $1.weight }
        case .map(let map): map.weight
        default: 24
        }
    }
}

extension MapValue {
    /// About how many bytes it takes; see ``CEL/Value/weight``.
    package var weight: Int { entries.reduce(64) { $0 + $1.key.weight + $1.value.weight } }
}

extension Document {
    /// Of what it says: the same whoever has asked for what.
    package var weight: Int { value.weight }

    /// Of what was made of it so far, its text or what that says.
    package var footprint: Int { (knownBytes ?? 0) + (knownValue?.weight ?? 0) }
}

extension Saga {
    /// About how many bytes it takes in memory.
    package var weight: Int {
        steps.reduce(1_024 + input.weight + vars.weight + signalBytes + signals.count * 128 + alarms.count * 256) {
            $0 + $1.request.footprint + ($1.result?.footprint ?? 0) + 512
        }
    }
}
