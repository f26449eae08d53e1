import SagaCore
import SagaStore

/// The sagas that were touched last, in two generations, so many and of so many bytes: what was not touched while a whole generation passed
/// is dropped. The order of use is known well enough, at the cost of a dictionary access.
struct SagaCache {
    private struct Generation {
        var entries: [Int64: (entry: Entry, weight: Int)] = [:]
        var bytes = 0

        mutating func remove(_ number: Int64) -> Entry? {
            guard let gone = entries.removeValue(forKey: number) else { return nil }
            bytes -= gone.weight
            return gone.entry
        }
    }

    private var young = Generation()
    private var old = Generation()
    private var generationMax: Int
    private var bytesMax: Int

    init(max: Int, bytesMax: Int = EngineLimits().cacheBytesMax) {
        generationMax = Swift.max(1, max / 2)
        self.bytesMax = bytesMax
    }

    /// About how many bytes it has, and may have.
    var bytes: ByteGauge { ByteGauge(used: young.bytes + old.bytes, max: bytesMax) }

    /// Keeps more or fewer from now on; what is too much goes at once when it is bytes, else with its generation.
    mutating func limit(max: Int, bytesMax: Int) {
        generationMax = Swift.max(1, max / 2)
        self.bytesMax = bytesMax
        if old.bytes + young.bytes > bytesMax { old = Generation() }
        if young.bytes > bytesMax { young = Generation() }
    }

    mutating func find(_ number: Int64) -> Entry? {
        if let found = young.entries[number] { return found.entry }
        guard let entry = old.remove(number) else { return nil }
        keep(entry)
        return entry
    }

    mutating func forget(_ number: Int64) {
        _ = young.remove(number)
        _ = old.remove(number)
    }

    /// A saga that is larger than all that may be kept is not.
    mutating func keep(_ entry: Entry) {
        let (number, weight) = (entry.row.id.number, entry.saga.weight)
        forget(number)
        guard weight <= bytesMax else { return }
        if young.entries.count >= generationMax || young.bytes + weight > Swift.max(bytesMax / 2, weight) {
            old = young
            young = Generation()
        }
        if young.bytes + old.bytes + weight > bytesMax { old = Generation() }
        young.entries[number] = (entry, weight)
        young.bytes += weight
    }
}
