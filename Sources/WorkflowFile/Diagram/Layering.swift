/// Which layer each box is on: arrows lead downwards, but for those that close a circle.
struct Layering {
    /// By the box's place; the first layer is 0.
    private(set) var layers: [Int]
    /// By the arrow's place: whether it leads upwards, and is laid out the other way round.
    private(set) var isReversed: [Bool]

    /// Circles are opened where a walk from the first box, along the arrows in their order, comes back upon its own way; then each box is as
    /// high as the longest way to it allows.
    init(_ diagram: Diagram) {
        layers = Array(repeating: 0, count: diagram.boxes.count)
        isReversed = Array(repeating: false, count: diagram.arrows.count)
        var out: [[Int]] = Array(repeating: [], count: diagram.boxes.count)
        for (place, arrow) in diagram.arrows.enumerated() where arrow.from != arrow.to {
            out[arrow.from].append(place)
        }
        openCircles(diagram, out)
        descend(diagram)
    }

    private mutating func openCircles(_ diagram: Diagram, _ out: [[Int]]) {
        enum Mark { case new, open, done }
        var marks = Array(repeating: Mark.new, count: diagram.boxes.count)
        for start in diagram.boxes.indices where marks[start] == .new {
            marks[start] = .open
            var stack = [(box: start, next: 0)]
            while let top = stack.last {
                guard top.next < out[top.box].count else {
                    marks[top.box] = .done
                    stack.removeLast()
                    continue
                }
                stack[stack.count - 1].next += 1
                let arrow = out[top.box][top.next]
                let target = diagram.arrows[arrow].to
                switch marks[target] {
                case .new:
                    marks[target] = .open
                    stack.append((target, 0))
                case .open: isReversed[arrow] = true
                case .done: break
                }
            }
        }
    }

    private mutating func descend(_ diagram: Diagram) {
        var below: [[Int]] = Array(repeating: [], count: diagram.boxes.count)
        var above = Array(repeating: 0, count: diagram.boxes.count)
        for (place, arrow) in diagram.arrows.enumerated() where arrow.from != arrow.to {
            let (upper, lower) = isReversed[place] ? (arrow.to, arrow.from) : (arrow.from, arrow.to)
            below[upper].append(lower)
            above[lower] += 1
        }
        var missing = above
        var ready = diagram.boxes.indices.filter { missing[$0] == 0 }
        var next = 0
        while next < ready.count {
            let box = ready[next]
            next += 1
            for lower in below[box] {
                layers[lower] = max(layers[lower], layers[box] + 1)
                missing[lower] -= 1
                if missing[lower] == 0 { ready.append(lower) }
            }
        }
        // Where only a cancel or a deadline leads, the end stands with the ends.
        let last = layers.max() ?? 0
        for box in diagram.boxes.indices.dropFirst() where above[box] == 0 && below[box].isEmpty { layers[box] = last }
    }
}
