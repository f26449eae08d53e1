import SagaCore
import SagaStore

/// The sagas that were touched last, in two generations: what was not touched while a whole generation passed is dropped. The
/// order of use is known well enough, at the cost of a dictionary access.
struct SagaCache {
    private var young: [Int64: Entry] = [:]
    private var old: [Int64: Entry] = [:]
    private var generationMax: Int

    init(max: Int) {
        generationMax = Swift.max(1, max / 2)
    }

    /// Keeps more or fewer from now on; what is too much goes with its generation.
    mutating func limit(max: Int) {
        generationMax = Swift.max(1, max / 2)
    }

    mutating func find(_ number: Int64) -> Entry? {
        if let entry = young[number] { return entry }
        guard let entry = old.removeValue(forKey: number) else { return nil }
        keep(entry)
        return entry
    }

    mutating func forget(_ number: Int64) {
        young[number] = nil
        old[number] = nil
    }

    mutating func keep(_ entry: Entry) {
        if young.count >= generationMax, young[entry.row.id.number] == nil {
            old = young
            young = [:]
        }
        young[entry.row.id.number] = entry
    }
}
