import Basics
import SagaCore
import Testing
import WorkflowFile

/// Workflows to be drawn, and what must hold of every drawing.
enum Drawn {
    /// Any graph of states whose ways out are signals.
    static func workflow(seed: UInt64, states count: Int, ways: Int) -> Workflow {
        var random = SplitMix64(seed: seed)
        let names = (0..<count).map { "State\($0)" + String(repeating: "x", count: Int(random.next() % 20)) }
        var states: [State] = []
        for (place, name) in names.enumerated() {
            let signals = (0..<ways).map { way in
                // Mostly to those nearby, as people write workflows; sometimes anywhere.
                let near = place + 1 + Int(random.next() % 4) - (way.isMultiple(of: 3) ? 2 : 0)
                let target = random.next() % 8 == 0 ? Int(random.next() % UInt64(count)) : min(max(near, 0), count - 1)
                return SignalRule(name: "signal\(way)", action: .routes([Route(to: names[target])]))
            }
            states.append(State(name: name, signals: signals))
        }
        return Workflow(name: "any", version: "\(seed)", initial: names[0], states: states)
    }

    /// A long way of which each state may also be cancelled.
    static func chain(states count: Int) -> Workflow {
        var states = (0..<count).map { place in
            State(
                name: "S\(place)", then: [Route(to: place + 1 < count ? "S\(place + 1)" : "Done")],
                signals: [SignalRule(name: "stop", action: .routes([Route(to: "Cancelled")]))])
        }
        states.append(State(name: "Done", end: .succeeded))
        states.append(State(name: "Cancelled", end: .cancelled))
        return Workflow(name: "chain", version: "1", initial: "S0", states: states)
    }

    static func check(_ layout: DiagramLayout) {
        checkSizes(layout)
        checkOverlaps(layout)
        checkLines(layout)
    }

    static func checkSizes(_ layout: DiagramLayout) {
        for frame in layout.boxes + layout.arrows.compactMap(\.label) + layout.arrows.compactMap(\.pill) {
            #expect(frame.x >= 0 && frame.y >= 0, "\(frame)")
            #expect(frame.x + frame.width <= layout.width && frame.y + frame.height <= layout.height, "\(frame)")
        }
        for (arrow, course) in zip(layout.diagram.arrows, layout.arrows) {
            #expect((course.label == nil) == arrow.labels.isEmpty)
            #expect(course.stops.isEmpty == (arrow.from == arrow.to))
        }
    }

    /// Boxes, labels and pills, each with each.
    private static func checkOverlaps(_ layout: DiagramLayout) {
        let frames = (layout.boxes + layout.arrows.compactMap(\.label) + layout.arrows.compactMap(\.pill))
            .sorted { $0.y < $1.y }
        for (index, one) in frames.enumerated() {
            for other in frames[(index + 1)...] {
                if other.y >= one.y + one.height { break }
                let isApart = one.x + one.width <= other.x || other.x + other.width <= one.x
                #expect(isApart, "\(one) lies upon \(other)")
            }
        }
    }

    /// Each line begins at its box and ends at its target, and passes no other box.
    private static func checkLines(_ layout: DiagramLayout) {
        for (arrow, course) in zip(layout.diagram.arrows, layout.arrows) {
            guard let first = course.stops.first, let last = course.stops.last else { continue }
            let (upper, lower) = course.leadsUp ? (arrow.to, arrow.from) : (arrow.from, arrow.to)
            let start = layout.boxes[upper]
            #expect(first.top == start.y + start.height && first.x > start.x && first.x < start.x + start.width)
            if let pill = course.pill {
                #expect(last.bottom == pill.y && last.x > pill.x && last.x < pill.x + pill.width)
            } else {
                let end = layout.boxes[lower]
                #expect(last.top == end.y && last.x > end.x && last.x < end.x + end.width)
            }
            for stop in course.stops {
                for box in layout.boxes where stop.top < box.y + box.height && stop.bottom > box.y {
                    #expect(stop.x <= box.x || stop.x >= box.x + box.width, "a line passes \(box)")
                }
            }
        }
    }
}
