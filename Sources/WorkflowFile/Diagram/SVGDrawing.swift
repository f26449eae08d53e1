import Basics

/// A layout as SVG: no script, no style attribute, no id but two for its title and description, colours by classes alone.
public struct SVGDrawing {
    private var text = ""
    private let layout: DiagramLayout

    /// A drawing for a page that has ``DiagramStyle/rules`` in its style sheet; `id` begins the two ids, and must be unique in the page.
    public static func element(of layout: DiagramLayout, id: String) -> String {
        var drawing = SVGDrawing(layout: layout)
        drawing.draw(id, attributes: "", style: nil)
        return drawing.text
    }

    /// A file of its own, with its style sheet in it and a line break at its end.
    public static func file(of layout: DiagramLayout) -> String {
        var drawing = SVGDrawing(layout: layout)
        drawing.draw(
            "diagram", attributes: " xmlns=\"http://www.w3.org/2000/svg\"",
            style: DiagramStyle.tokens + DiagramStyle.rules)
        return drawing.text + "\n"
    }

    private init(layout: DiagramLayout) { self.layout = layout }

    private mutating func draw(_ id: String, attributes: String, style: String?) {
        let id = MarkupText.escaped(id)
        let (width, height) = (Self.number(layout.width), Self.number(layout.height))
        text += "<svg\(attributes) class=\"flow\" width=\"\(width)\" height=\"\(height)\""
        text += " viewBox=\"0 0 \(width) \(height)\" role=\"img\" aria-labelledby=\"\(id)-title \(id)-desc\">\n"
        text += "<title id=\"\(id)-title\">\(MarkupText.escaped(layout.diagram.title))</title>\n"
        text += "<desc id=\"\(id)-desc\">\(MarkupText.escaped(layout.diagram.summary))</desc>\n"
        if let style { text += "<style>\n\(style)</style>\n" }
        drawStart()
        // What was taken comes last, and lies above.
        for taken in [false, true] {
            for (place, arrow) in layout.diagram.arrows.enumerated() where arrow.isTaken == taken { draw(place, arrow) }
        }
        for (box, frame) in zip(layout.diagram.boxes, layout.boxes) { draw(box, frame) }
        let bottom = layout.height - DiagramMetrics.margin
        for (line, note) in layout.diagram.notes.reversed().enumerated() {
            let y = bottom - 4 - DiagramMetrics.lineHeight * Double(line)
            write("sub", DiagramMetrics.margin, y, note)
        }
        text += "</svg>"
    }

    private mutating func drawStart() {
        guard let first = layout.boxes.first else { return }
        let x = first.x + first.width / 2
        let y = first.y - DiagramMetrics.startHeight + 8
        text += "<g class=\"start\"><circle cx=\"\(Self.number(x))\" cy=\"\(Self.number(y))\" r=\"6\"/>"
        text += "<path class=\"line\" d=\"M\(Self.number(x)) \(Self.number(y + 6))V\(Self.number(first.y - 6))\"/>"
        text += head(x, first.y, up: false) + "</g>\n"
    }

    private mutating func draw(_ box: Diagram.Box, _ frame: DiagramLayout.Frame) {
        let classes = ["box", box.kind.rawValue, box.standing?.rawValue].compactMap { $0 }.joined(separator: " ")
        text += "<g class=\"\(classes)\">"
        text += rectangle(frame, "frame", radius: 8)
        if box.kind == .succeeded || box.kind == .cancelled {
            let inner = DiagramLayout.Frame(
                x: frame.x + 4, y: frame.y + 4, width: frame.width - 8, height: frame.height - 8)
            text += rectangle(inner, "inner", radius: 5)
        }
        write("name", frame.x + 14, frame.y + 24, box.name)
        for (index, line) in box.lines.enumerated() {
            let y = frame.y + 24 + DiagramMetrics.lineHeight * Double(index + 1)
            switch line.role {
            case .call: write("call", frame.x + 14, y, line.text)
            case .note: write("sub", frame.x + 14, y, line.text)
            case .effect(let mark): write("effect t-\(mark.tone)", frame.x + 14, y, line.text)
            }
        }
        text += "</g>\n"
    }

    private mutating func draw(_ place: Int, _ arrow: Diagram.Arrow) {
        let course = layout.arrows[place]
        text += "<g class=\"\(arrow.isTaken ? "arrow taken" : "arrow")\">"
        if arrow.from == arrow.to { drawLoop(layout.boxes[arrow.from]) } else { draw(course) }
        if let pill = course.pill {
            text += rectangle(pill, "pill", radius: DiagramMetrics.pillHeight / 2)
            write("label", pill.x + 10, pill.y + 16, "→ \(layout.diagram.boxes[arrow.to].name)")
        }
        if let label = course.label {
            for (index, one) in arrow.labels.enumerated() {
                let y = label.y + DiagramMetrics.lineHeight * Double(index) + 13
                write("label", label.x + DiagramMetrics.labelIndent, y, one.text, whole: one.whole)
            }
        }
        text += "</g>\n"
    }

    private mutating func draw(_ course: DiagramLayout.Course) {
        guard let first = course.stops.first, let last = course.stops.last else { return }
        var path = "M\(Self.number(first.x)) \(Self.number(first.top + (course.leadsUp ? 6 : 0)))"
        if first.bottom > first.top + 6 { path += "V\(Self.number(first.bottom))" }
        for (upper, lower) in zip(course.stops, course.stops.dropFirst()) {
            let isLast = lower == last && !course.leadsUp
            let end = isLast && course.pill == nil ? lower.top - 6 : lower.top
            if abs(upper.x - lower.x) < 0.5 {
                path += "V\(Self.number(end))"
            } else {
                let middle = Self.number((upper.bottom + end) / 2)
                path += "C\(Self.number(upper.x)) \(middle) \(Self.number(lower.x)) \(middle)"
                path += " \(Self.number(lower.x)) \(Self.number(end))"
            }
            let bottom = course.pill == nil ? lower.bottom : lower.bottom - 6
            if bottom > end + 0.5, lower.bottom > lower.top { path += "V\(Self.number(bottom))" }
        }
        text += "<path class=\"line\" d=\"\(path)\"/>"
        text +=
            course.leadsUp
            ? head(first.x, first.top, up: true)
            : head(last.x, course.pill.map(\.y) ?? last.top, up: false)
    }

    private mutating func drawLoop(_ frame: DiagramLayout.Frame) {
        let x = frame.x + frame.width
        let (top, bottom) = (frame.y + 12, frame.y + frame.height - 12)
        let out = Self.number(x + DiagramMetrics.loopWidth - 2)
        text += "<path class=\"line\" d=\"M\(Self.number(x)) \(Self.number(top))"
        text +=
            "C\(out) \(Self.number(top)) \(out) \(Self.number(bottom)) \(Self.number(x + 6)) \(Self.number(bottom))\"/>"
        text += "<path class=\"head\" d=\"M\(Self.number(x)) \(Self.number(bottom))l7 -4v8z\"/>"
    }

    private func head(_ x: Double, _ y: Double, up: Bool) -> String {
        "<path class=\"head\" d=\"M\(Self.number(x)) \(Self.number(y))l-4 \(up ? "7" : "-7")h8z\"/>"
    }

    private func rectangle(_ frame: DiagramLayout.Frame, _ name: String, radius: Double) -> String {
        "<rect class=\"\(name)\" x=\"\(Self.number(frame.x))\" y=\"\(Self.number(frame.y))\""
            + " width=\"\(Self.number(frame.width))\" height=\"\(Self.number(frame.height))\" rx=\"\(Self.number(radius))\"/>"
    }

    private mutating func write(_ name: String, _ x: Double, _ y: Double, _ line: String, whole: String? = nil) {
        text += "<text class=\"\(name)\" x=\"\(Self.number(x))\" y=\"\(Self.number(y))\">"
        if let whole { text += "<title>\(MarkupText.escaped(whole))</title>" }
        text += MarkupText.escaped(line) + "</text>"
    }

    /// Without a fraction where there is none, else with one digit.
    private static func number(_ value: Double) -> String {
        let tenths = Int((value * 10).rounded())
        let (whole, rest) = tenths.magnitude.quotientAndRemainder(dividingBy: 10)
        return (tenths < 0 ? "-" : "") + (rest == 0 ? "\(whole)" : "\(whole).\(rest)")
    }
}
