/// Sizes of what is drawn, in pixels; the style sheet's faces are these.
enum DiagramMetrics {
    static let nameSize = 14.0
    static let smallSize = 12.0
    static let lineHeight = 17.0
    /// Around the whole drawing.
    static let margin = 12.0
    /// Above the first box, for the dot where the way begins.
    static let startHeight = 30.0
    /// Between what stands side by side.
    static let gap = 22.0
    /// From a line to its label.
    static let labelIndent = 8.0
    /// How far the arrow of a state that is entered again goes out.
    static let loopWidth = 30.0
    static let pillHeight = 24.0
    static let headLength = 7.0

    static func size(of box: Diagram.Box) -> Size {
        let widths = box.lines.map { line in
            switch line.role {
            case .call: TextExtent.fixedWidth(of: line.text, size: smallSize)
            case .note, .effect: TextExtent.width(of: line.text, size: smallSize) * 1.06
            }
        }
        let name = TextExtent.width(of: box.name, size: nameSize) * 1.06
        let width = max(widths.max() ?? 0, name) + 28
        return Size(width: max(width.rounded(.up), 120), height: 38 + lineHeight * Double(box.lines.count))
    }

    static func size(of labels: [Diagram.Label]) -> Size {
        guard !labels.isEmpty else { return Size(width: 2, height: 0) }
        let width = labels.map { TextExtent.width(of: $0.text, size: smallSize) }.max() ?? 0
        return Size(width: (labelIndent + width + 4).rounded(.up), height: lineHeight * Double(labels.count) + 2)
    }

    /// Of the pill that names the target of an arrow that is not drawn to its end.
    static func pillWidth(_ name: String) -> Double {
        (TextExtent.width(of: "→ \(name)", size: smallSize) + 20).rounded(.up)
    }

    /// A width and a height.
    struct Size {
        var width: Double
        var height: Double
    }
}
