/// The order of the vertices on each rank, so that few segments cross: sweeps by the mean place of the neighbours (Sugiyama, Tagawa and Toda,
/// 1981), then swaps of neighbours where that helps. The best order that was met counts; every loop has a bound.
struct LayerOrder {
    private(set) var ranks: [[Int]]
    /// How many pairs of segments cross in it.
    private(set) var crossings = 0
    /// Vertices and segments that were looked at: what a test holds against the size of a diagram.
    private(set) var work = 0

    private let above: [[Int]]
    private let below: [[Int]]
    private var places: [Int]

    static let sweepsMax = 16
    /// So many sweeps in a row without fewer crossings end them.
    static let patience = 4
    /// Above this, swaps are left out.
    static let swapSegmentsMax = 4_000

    init(_ graph: LayerGraph) {
        var above: [[Int]] = Array(repeating: [], count: graph.vertices.count)
        var below = above
        for segment in graph.segments {
            above[segment.lower].append(segment.upper)
            below[segment.upper].append(segment.lower)
        }
        self.above = above
        self.below = below
        ranks = Array(repeating: [], count: graph.rankCount)
        places = Array(repeating: 0, count: graph.vertices.count)
        walk(graph)
        improve()
        if graph.segments.count <= Self.swapSegmentsMax { swap() }
    }

    /// The first order: as a walk downwards, along the arrows as the file has them, meets the vertices. The way that the author wrote first
    /// stays on the left.
    private mutating func walk(_ graph: LayerGraph) {
        var isMet = Array(repeating: false, count: graph.vertices.count)
        for start in graph.vertices.indices where above[start].isEmpty && !isMet[start] {
            var stack = [start]
            while let vertex = stack.popLast() {
                guard !isMet[vertex] else { continue }
                isMet[vertex] = true
                places[vertex] = ranks[graph.vertices[vertex].rank].count
                ranks[graph.vertices[vertex].rank].append(vertex)
                stack += below[vertex].reversed()
            }
        }
    }

    private mutating func improve() {
        crossings = count()
        var best = ranks
        var idle = 0
        for sweep in 0..<Self.sweepsMax where crossings > 0 && idle < Self.patience {
            if sweep.isMultiple(of: 2) {
                for rank in ranks.indices.dropFirst() { sort(rank, by: above) }
            } else {
                for rank in ranks.indices.dropLast().reversed() { sort(rank, by: below) }
            }
            let now = count()
            idle += 1
            if now < crossings {
                crossings = now
                best = ranks
                idle = 0
            }
        }
        ranks = best
        for rank in ranks.indices { number(rank) }
    }

    private mutating func sort(_ rank: Int, by neighbours: [[Int]]) {
        let keyed = ranks[rank].map { vertex in
            let near = neighbours[vertex]
            work += near.count + 1
            let sum = near.reduce(0) { $0 + places[$1] }
            return (vertex, near.isEmpty ? Double(places[vertex]) : Double(sum) / Double(near.count))
        }
        // Stable, as places break ties.
        let sorted = keyed.sorted { ($0.1, Double(places[$0.0])) < ($1.1, Double(places[$1.0])) }
        ranks[rank] = sorted.map(\.0)
        number(rank)
    }

    private mutating func number(_ rank: Int) {
        for (place, vertex) in ranks[rank].enumerated() { places[vertex] = place }
    }

    /// All crossings, by counting inversions in a Fenwick tree (Barth, Mutzel and Jünger, 2004).
    private mutating func count() -> Int {
        var total = 0
        for rank in ranks.indices.dropLast() {
            let size = ranks[rank + 1].count
            var tree = Array(repeating: 0, count: size + 1)
            var seen = 0
            for upper in ranks[rank] {
                let lower = below[upper].map { places[$0] }.sorted()
                work += lower.count + 1
                for place in lower {
                    var sum = 0
                    var index = place + 1
                    while index > 0 {
                        sum += tree[index]
                        index -= index & -index
                    }
                    total += seen - sum
                }
                for place in lower {
                    var index = place + 1
                    while index <= size {
                        tree[index] += 1
                        index += index & -index
                    }
                }
                seen += lower.count
            }
        }
        return total
    }

    private mutating func swap() {
        var passes = 0
        var hasGained = true
        while hasGained, passes < Self.patience, crossings > 0 {
            passes += 1
            hasGained = false
            for rank in ranks.indices {
                for place in ranks[rank].indices.dropLast() {
                    let (left, right) = (ranks[rank][place], ranks[rank][place + 1])
                    let gain = crossed(left, right) - crossed(right, left)
                    guard gain > 0 else { continue }
                    ranks[rank].swapAt(place, place + 1)
                    number(left, right)
                    crossings -= gain
                    hasGained = true
                }
            }
        }
    }

    private mutating func number(_ left: Int, _ right: Int) {
        let place = places[left]
        places[left] = places[right]
        places[right] = place
    }

    /// How many pairs of their segments cross with `left` on the left.
    private mutating func crossed(_ left: Int, _ right: Int) -> Int {
        var total = 0
        for neighbours in [above, below] {
            let first = neighbours[left].map { places[$0] }.sorted()
            let second = neighbours[right].map { places[$0] }.sorted()
            work += first.count + second.count + 1
            var before = 0
            for place in first {
                while before < second.count, second[before] < place { before += 1 }
                total += before
            }
        }
        return total
    }
}
