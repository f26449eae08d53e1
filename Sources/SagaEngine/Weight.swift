import CEL
import SagaCore

extension Value {
    /// About how many bytes it takes on the wire and in memory: what bounds a page, so that large sagas make it shorter (rule 25).
    var weight: Int {
        switch self {
        case .string(let text): text.utf8.count + 16
        case .bytes(let bytes): bytes.count + 16
        case .list(let items): items.reduce(16) { $0 + $1.weight }
        case .map(let map): map.weight
        default: 16
        }
    }
}

extension MapValue {
    /// About how many bytes it takes; see ``Value/weight``.
    var weight: Int { entries.reduce(16) { $0 + $1.key.weight + $1.value.weight } }
}

extension Saga {
    /// About how many bytes it takes when it is shown.
    var weight: Int {
        steps.reduce(512 + input.weight + vars.weight) { $0 + $1.request.count + ($1.result?.count ?? 0) + 256 }
    }
}
