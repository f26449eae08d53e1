/// Where everything of a diagram stands, in pixels from the upper left corner. The same diagram has the same layout, everywhere.
public struct DiagramLayout: Sendable {
    /// What is laid out.
    public let diagram: Diagram
    public private(set) var width = 0.0
    public private(set) var height = 0.0
    /// By the box's place.
    public private(set) var boxes: [Frame]
    /// By the arrow's place.
    public private(set) var arrows: [Course]
    /// How many pairs of lines cross.
    public let crossings: Int
    /// Steps that the layout took; it grows with the size of the diagram, and not with its square.
    public let work: Int

    /// A rectangle.
    public struct Frame: Sendable, Hashable {
        public var x: Double
        public var y: Double
        public var width: Double
        public var height: Double
    }

    /// How an arrow goes.
    public struct Course: Sendable, Hashable {
        /// Downwards from the upper end; straight within one, curved to the next. Empty where a state is entered again.
        public var stops: [Stop] = []
        /// Whether the head is at the upper end.
        public var leadsUp = false
        /// Where its labels are; `nil` without any.
        public var label: Frame?
        /// The pill with the target's name, where the line is not drawn to the target.
        public var pill: Frame?

        /// Where a line passes a rank.
        public struct Stop: Sendable, Hashable {
            public var x: Double
            public var top: Double
            public var bottom: Double
        }
    }

    /// Lays out a diagram.
    public init(_ diagram: Diagram) {
        self.diagram = diagram
        let graph = LayerGraph(diagram)
        let order = LayerOrder(graph)
        let placing = LayerPlacing(graph, order)
        crossings = order.crossings
        work = order.work + placing.work
        boxes = Array(repeating: Frame(x: 0, y: 0, width: 0, height: 0), count: diagram.boxes.count)
        arrows = Array(repeating: Course(), count: diagram.arrows.count)

        let left = zip(graph.vertices, placing.middles).map { $1 - $0.width / 2 }.min() ?? 0
        let middles = placing.middles.map { ($0 - left + DiagramMetrics.margin).rounded() }
        let (tops, bottoms) = Self.heights(graph, order, middles)
        placeBoxes(graph, middles, tops)
        var segment = 0
        for (place, chain) in graph.chains.enumerated() where !chain.isEmpty {
            let own = Array(placing.ends[segment..<(segment + chain.count - 1)])
            segment += chain.count - 1
            arrows[place] = course(place, chain, own, graph, middles, tops, bottoms)
        }
        let right = zip(graph.vertices, middles).map { $1 + $0.width / 2 }.max() ?? 0
        let notes = diagram.notes.map { TextExtent.width(of: $0, size: DiagramMetrics.smallSize) }.max() ?? 0
        width = (max(right, notes + DiagramMetrics.margin) + DiagramMetrics.margin).rounded(.up)
        let noteHeight = diagram.notes.isEmpty ? 0 : 8 + DiagramMetrics.lineHeight * Double(diagram.notes.count)
        height = ((bottoms.max() ?? 0) + noteHeight + DiagramMetrics.margin).rounded(.up)
    }

    /// The top and the bottom of each rank; where lines go far to the side, ranks are further apart.
    private static func heights(
        _ graph: LayerGraph, _ order: LayerOrder, _ middles: [Double]
    ) -> (tops: [Double], bottoms: [Double]) {
        var reach = Array(repeating: 0.0, count: graph.rankCount)
        for segment in graph.segments {
            let rank = graph.vertices[segment.upper].rank
            reach[rank] = max(reach[rank], abs(middles[segment.upper] - middles[segment.lower]))
        }
        var tops: [Double] = []
        var bottoms: [Double] = []
        var y = DiagramMetrics.margin + DiagramMetrics.startHeight
        for rank in 0..<graph.rankCount {
            tops.append(y)
            let height = order.ranks[rank].map { graph.vertices[$0].height }.max() ?? 0
            bottoms.append(y + height)
            y += height + 18 + min(reach[rank] * 0.09, 44).rounded()
        }
        return (tops, bottoms)
    }

    private mutating func placeBoxes(_ graph: LayerGraph, _ middles: [Double], _ tops: [Double]) {
        for (place, box) in diagram.boxes.enumerated() {
            let size = DiagramMetrics.size(of: box)
            boxes[place] = Frame(
                x: middles[place] - size.width / 2, y: tops[graph.vertices[place].rank], width: size.width,
                height: size.height)
        }
        for (place, arrow) in diagram.arrows.enumerated() where arrow.from == arrow.to {
            let label = DiagramMetrics.size(of: arrow.labels)
            let frame = boxes[arrow.from]
            arrows[place].label = Frame(
                x: frame.x + frame.width + DiagramMetrics.loopWidth, y: frame.y, width: label.width,
                height: label.height)
        }
    }

    private func course(
        _ place: Int, _ chain: [Int], _ ends: [(upper: Double, lower: Double)], _ graph: LayerGraph,
        _ middles: [Double], _ tops: [Double], _ bottoms: [Double]
    ) -> Course {
        var course = Course(leadsUp: graph.isReversed[place])
        for (index, vertex) in chain.enumerated() {
            let one = graph.vertices[vertex]
            let offset = index == 0 ? ends[0].upper : ends[index - 1].lower
            var stop = Course.Stop(x: middles[vertex] + offset, top: tops[one.rank], bottom: bottoms[one.rank])
            let left = middles[vertex] - one.width / 2
            let label = DiagramMetrics.size(of: diagram.arrows[place].labels)
            switch one.kind {
            case .box(let box) where index == 0: stop.top = boxes[box].y + boxes[box].height
            case .box: stop.bottom = stop.top
            case .bend: break
            case .label: course.label = Frame(x: left, y: stop.top, width: one.width, height: label.height)
            case .jump(let arrow):
                course.leadsUp = false
                if label.height > 0 {
                    course.label = Frame(x: stop.x, y: stop.top, width: label.width, height: label.height)
                }
                let y = stop.top + label.height + DiagramMetrics.headLength + 3
                let target = diagram.boxes[diagram.arrows[arrow].to].name
                course.pill = Frame(
                    x: left, y: y, width: DiagramMetrics.pillWidth(target), height: DiagramMetrics.pillHeight)
                stop.bottom = y
            }
            course.stops.append(stop)
        }
        return course
    }
}
