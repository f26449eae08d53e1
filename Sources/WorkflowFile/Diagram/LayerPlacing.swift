/// Where the vertices stand on their ranks. Each rank in turn goes as near as it can to where its neighbours are, in order and without an
/// overlap: least squares under a chain of distances, which pooling adjacent violators solves in linear time.
struct LayerPlacing {
    /// The middle of each vertex.
    private(set) var middles: [Double]
    /// By the segment's place: how far from the middle it leaves the upper vertex, and enters the lower one.
    private(set) var ends: [(upper: Double, lower: Double)]
    private(set) var work = 0

    private let graph: LayerGraph
    private let ranks: [[Int]]
    /// By the vertex: its segments upwards and downwards.
    private var above: [[Int]]
    private var below: [[Int]]
    /// By the vertex: its place on its rank.
    private var places: [Int]
    /// By the segment: whether it belongs to the first way out of a state, which goes straight on.
    private var isMain: [Bool]
    /// Whether what such a segment leads to stands right below its beginning, whatever else pulls.
    private var isPinned = false

    static let sweeps = 8

    init(_ graph: LayerGraph, _ order: LayerOrder) {
        self.graph = graph
        ranks = order.ranks
        middles = Array(repeating: 0, count: graph.vertices.count)
        ends = Array(repeating: (0, 0), count: graph.segments.count)
        above = Array(repeating: [], count: graph.vertices.count)
        below = above
        places = Array(repeating: 0, count: graph.vertices.count)
        for rank in ranks { for (place, vertex) in rank.enumerated() { places[vertex] = place } }
        isMain = graph.mainSegments
        for (place, segment) in graph.segments.enumerated() {
            above[segment.lower].append(place)
            below[segment.upper].append(place)
        }
        spreadEnds()
        for rank in ranks {
            var x = 0.0
            for vertex in rank {
                middles[vertex] = x + graph.vertices[vertex].width / 2
                x += graph.vertices[vertex].width + DiagramMetrics.gap
            }
        }
        for _ in 0..<Self.sweeps {
            for rank in ranks.indices { settle(rank, up: true, down: false) }
            for rank in ranks.indices.reversed() { settle(rank, up: false, down: true) }
        }
        for _ in 0..<Self.sweeps {
            for rank in ranks.indices { settle(rank, up: true, down: true) }
            for rank in ranks.indices.reversed() { settle(rank, up: true, down: true) }
        }
        // From above to below, the first way out of each state goes straight down, and what stands beside it makes room.
        isPinned = true
        for rank in ranks.indices { settle(rank, up: true, down: true) }
        for chain in graph.chains where chain.count > 3 { straighten(chain.dropFirst().dropLast()) }
    }

    /// What an arrow passes between its boxes goes straight down, where the neighbours leave room for it.
    private mutating func straighten(_ chain: ArraySlice<Int>) {
        let inner = chain.map { (vertex: $0, line: graph.vertices[$0].line) }
        guard let room = room(for: inner) else { return }
        let mean = inner.reduce(0.0) { $0 + middles[$1.vertex] + $1.line } / Double(inner.count)
        let line = min(max(mean, room.lowerBound), room.upperBound)
        for (vertex, offset) in inner { middles[vertex] = line - offset }
    }

    /// Where one line could pass all of these vertices, each at its own offset from the middle, without another one having to move.
    private mutating func room(for chain: [(vertex: Int, line: Double)]) -> ClosedRange<Double>? {
        var least = -Double.infinity
        var most = Double.infinity
        work += chain.count
        for (vertex, line) in chain {
            let rank = ranks[graph.vertices[vertex].rank]
            if places[vertex] > 0 {
                let left = rank[places[vertex] - 1]
                least = max(least, middles[left] + apart(left, vertex) + line)
            }
            if places[vertex] + 1 < rank.count {
                let right = rank[places[vertex] + 1]
                most = min(most, middles[right] - apart(vertex, right) + line)
            }
        }
        return least <= most ? least...most : nil
    }

    /// Between the middles of neighbours.
    private func apart(_ left: Int, _ right: Int) -> Double {
        (graph.vertices[left].width + graph.vertices[right].width) / 2 + DiagramMetrics.gap
    }

    /// The lines of a box leave and enter it side by side, in the order of where they go to.
    private mutating func spreadEnds() {
        for vertex in graph.vertices.indices {
            guard case .box = graph.vertices[vertex].kind else {
                for segment in above[vertex] { ends[segment].lower = graph.vertices[vertex].line }
                for segment in below[vertex] { ends[segment].upper = graph.vertices[vertex].line }
                continue
            }
            above[vertex].sort { places[graph.segments[$0].upper] < places[graph.segments[$1].upper] }
            below[vertex].sort { places[graph.segments[$0].lower] < places[graph.segments[$1].lower] }
            // The narrowest box there is, so that what is at its side does not matter.
            let room = 120.0 - 32
            for (segment, offset) in zip(above[vertex], Self.spread(above[vertex].count, main: nil, room)) {
                ends[segment].lower = offset
            }
            let main = below[vertex].firstIndex { isMain[$0] }
            for (segment, offset) in zip(below[vertex], Self.spread(below[vertex].count, main: main, room)) {
                ends[segment].upper = offset
            }
        }
    }

    /// Offsets from the middle, where `main` is.
    private static func spread(_ count: Int, main: Int?, _ room: Double) -> [Double] {
        guard count > 1 else { return [0] }
        let middle = main.map { Double($0) } ?? Double(count - 1) / 2
        let most = max(middle, Double(count - 1) - middle)
        let step = min(room / 2 / most, 26)
        return (0..<count).map { step * (Double($0) - middle) }
    }

    private mutating func settle(_ rank: Int, up: Bool, down: Bool) {
        var blocks: [(sum: Double, weight: Double, count: Int)] = []
        var offset = 0.0
        var offsets: [Double] = []
        for (place, vertex) in ranks[rank].enumerated() {
            if place > 0 { offset += apart(ranks[rank][place - 1], vertex) }
            offsets.append(offset)
            let (aim, weight) = aim(vertex, up: up, down: down)
            blocks.append(((aim - offset) * weight, weight, 1))
            while let last = blocks.last, blocks.count > 1,
                blocks[blocks.count - 2].sum / blocks[blocks.count - 2].weight > last.sum / last.weight
            {
                blocks.removeLast()
                blocks[blocks.count - 1].sum += last.sum
                blocks[blocks.count - 1].weight += last.weight
                blocks[blocks.count - 1].count += last.count
            }
        }
        var place = 0
        for block in blocks {
            for _ in 0..<block.count {
                middles[ranks[rank][place]] = block.sum / block.weight + offsets[place]
                place += 1
            }
        }
    }

    /// Where a vertex would like to be, and how much: between labels and bends lines want to be straight.
    private mutating func aim(_ vertex: Int, up: Bool, down: Bool) -> (Double, Double) {
        work += above[vertex].count + below[vertex].count + 1
        guard !above[vertex].isEmpty || !below[vertex].isEmpty else { return (besides(vertex), 1e-6) }
        if isPinned, let main = above[vertex].first(where: { isMain[$0] }) {
            return (middles[graph.segments[main].upper] + ends[main].upper - ends[main].lower, 1e6)
        }
        var sum = middles[vertex] * 0.01
        var weight = 0.01
        func pull(_ segment: Int, _ other: Int, _ x: Double) {
            let isInner = !graph.isBox(vertex) && !graph.isBox(other)
            let strength = isMain[segment] ? 16.0 : isInner ? 6.0 : 1
            sum += x * strength
            weight += strength
        }
        if up {
            for place in above[vertex] {
                let other = graph.segments[place].upper
                pull(place, other, middles[other] + ends[place].upper - ends[place].lower)
            }
        }
        if down {
            for place in below[vertex] {
                let other = graph.segments[place].lower
                pull(place, other, middles[other] + ends[place].lower - ends[place].upper)
            }
        }
        return (sum / weight, weight)
    }

    /// Right beside its neighbour: for what nothing pulls.
    private func besides(_ vertex: Int) -> Double {
        let rank = ranks[graph.vertices[vertex].rank]
        if places[vertex] > 0 {
            let left = rank[places[vertex] - 1]
            return middles[left] + apart(left, vertex)
        }
        guard rank.count > 1 else { return middles[vertex] }
        return middles[rank[1]] - apart(vertex, rank[1])
    }
}
