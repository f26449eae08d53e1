/// A diagram as ranks of vertices with segments between neighbouring ranks: boxes on the even ranks, labels on the odd ones, and bends where
/// a longer arrow passes. A label is a vertex of its own, so whatever keeps vertices apart keeps labels off boxes and off each other.
struct LayerGraph {
    private(set) var vertices: [Vertex] = []
    private(set) var segments: [Segment] = []
    /// By the arrow's place: its vertices from the upper box to the lower one, or to the pill where it ends early.
    private(set) var chains: [[Int]]
    let isReversed: [Bool]
    private(set) var rankCount = 0

    struct Vertex {
        var kind: Kind
        var rank: Int
        var width: Double
        var height: Double
        /// How far the line of a label or a bend is from the middle.
        var line = 0.0
    }

    enum Kind: Equatable {
        case box(Int)
        case label(Int)
        case bend(Int)
        /// A label and a pill with the target's name: the arrow is too long to be drawn.
        case jump(Int)
    }

    struct Segment {
        var upper: Int
        var lower: Int
    }

    /// The most layers that an arrow crosses; a longer one names its target instead. Nobody follows a line past ten boxes.
    static let spanMax = 8
    /// The most bends of a diagram, which bounds all that is done with it: a file of 500 states may ask for millions.
    static let bendsMax = 10_000

    init(_ diagram: Diagram) {
        let layering = Layering(diagram)
        isReversed = layering.isReversed
        chains = Array(repeating: [], count: diagram.arrows.count)
        for (place, box) in diagram.boxes.enumerated() {
            let size = DiagramMetrics.size(of: box)
            vertices.append(
                Vertex(kind: .box(place), rank: 2 * layering.layers[place], width: size.width, height: size.height))
        }
        for arrow in diagram.arrows where arrow.from == arrow.to { widen(arrow) }
        let drawn = Self.drawn(diagram, layering)
        for place in diagram.arrows.indices where diagram.arrows[place].from != diagram.arrows[place].to {
            if drawn[place] { add(place, diagram.arrows[place]) } else { addJump(place, diagram) }
        }
        rankCount = (vertices.map(\.rank).max() ?? 0) + 1
    }

    /// Whether a vertex is a state, and no part of an arrow.
    func isBox(_ vertex: Int) -> Bool { if case .box = vertices[vertex].kind { true } else { false } }

    /// By the segment: whether it is of the first arrow that leads on from its box, which is the way that the author wrote first.
    var mainSegments: [Bool] {
        var isLeft = Array(repeating: false, count: vertices.count)
        var main: [Bool] = []
        for (place, chain) in chains.enumerated() where !chain.isEmpty {
            let isFirst = !isReversed[place] && !isLeft[chain[0]]
            if isFirst { isLeft[chain[0]] = true }
            main += Array(repeating: isFirst, count: chain.count - 1)
        }
        return main
    }

    /// The arrows that are drawn to their end: the shortest, as long as there are bends for them.
    private static func drawn(_ diagram: Diagram, _ layering: Layering) -> [Bool] {
        let spans = diagram.arrows.map { abs(layering.layers[$0.to] - layering.layers[$0.from]) }
        var drawn = Array(repeating: false, count: spans.count)
        var left = bendsMax
        for place in spans.indices.sorted(by: { (spans[$0], $0) < (spans[$1], $1) }) {
            guard spans[place] <= spanMax, left >= 2 * spans[place] else { break }
            left -= 2 * spans[place]
            drawn[place] = true
        }
        return drawn
    }

    /// A state that is entered again has its arrow at its right side.
    private mutating func widen(_ arrow: Diagram.Arrow) {
        let label = DiagramMetrics.size(of: arrow.labels)
        vertices[arrow.from].width += 2 * (DiagramMetrics.loopWidth + label.width)
        vertices[arrow.from].height = max(vertices[arrow.from].height, label.height)
    }

    private mutating func add(_ place: Int, _ arrow: Diagram.Arrow) {
        let (upper, lower) = isReversed[place] ? (arrow.to, arrow.from) : (arrow.from, arrow.to)
        let ranks = (vertices[upper].rank + 1)..<vertices[lower].rank
        let labelRank = isReversed[place] ? ranks.upperBound - 1 : ranks.lowerBound
        var chain = [upper]
        for rank in ranks {
            chain.append(vertices.count)
            if rank == labelRank, !arrow.labels.isEmpty {
                let size = DiagramMetrics.size(of: arrow.labels)
                vertices.append(
                    Vertex(
                        kind: .label(place), rank: rank, width: size.width, height: size.height,
                        line: 1 - size.width / 2))
            } else {
                vertices.append(Vertex(kind: .bend(place), rank: rank, width: 2, height: 0))
            }
        }
        chain.append(lower)
        join(place, chain)
    }

    private mutating func addJump(_ place: Int, _ diagram: Diagram) {
        let arrow = diagram.arrows[place]
        let label = DiagramMetrics.size(of: arrow.labels)
        let width = max(label.width, DiagramMetrics.pillWidth(diagram.boxes[arrow.to].name))
        let vertex = Vertex(
            kind: .jump(place), rank: vertices[arrow.from].rank + 1, width: width,
            height: label.height + DiagramMetrics.headLength + 3 + DiagramMetrics.pillHeight, line: 12 - width / 2)
        vertices.append(vertex)
        join(place, [arrow.from, vertices.count - 1])
    }

    private mutating func join(_ place: Int, _ chain: [Int]) {
        chains[place] = chain
        for (upper, lower) in zip(chain, chain.dropFirst()) { segments.append(Segment(upper: upper, lower: lower)) }
    }
}
