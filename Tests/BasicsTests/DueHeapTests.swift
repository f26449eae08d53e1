import Basics
import Testing

struct DueHeapTests {
    @Test func `it gives what a sorted list gives, whatever is set, moved and removed`() {
        var heap = DueHeap()
        var model: [Int64: Int64] = [:]
        var generator = SplitMix64(seed: 42)
        func random(_ bound: Int64) -> Int64 { .random(in: 0..<bound, using: &generator) }
        for round in 0..<20_000 {
            let number = random(200)
            switch random(5) {
            case 0:
                heap.remove(number)
                model[number] = nil
            case 1:
                let now = random(1_000)
                let first = model.filter { $0.value <= now }.min { ($0.value, $0.key) < ($1.value, $1.key) }
                #expect(heap.pop(until: now)?.number == first?.key, "round \(round)")
                if let first { model[first.key] = nil }
            default:
                let due = random(1_000)
                heap.set(due: due, for: number)
                model[number] = due
            }
            #expect(heap.count == model.count)
        }
        #expect(heap.count > 0)
        while let item = heap.pop(until: .max) {
            let first = model.min { ($0.value, $0.key) < ($1.value, $1.key) }
            #expect(item.number == first?.key && item.due == first?.value)
            model[item.number] = nil
        }
        #expect(model.isEmpty)
    }
}
