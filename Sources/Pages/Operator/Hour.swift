/// One minute of what the daemon counts.
public struct MinuteCounts: Sendable, Hashable {
    /// Sagas that were started.
    public var starts: Int
    /// Sagas that ended, by status.
    public var ends: [String: Int]
    /// Half of the steps took no longer, in milliseconds; `nil` in a minute without steps.
    public var stepMedian: Int?
    /// 99 of 100 steps took no longer.
    public var stepSlow: Int?
    /// Orders that waited to be decided, at the minute's end.
    public var backlog: Int
    /// Attempts by participant.
    public var calls: [String: Int]

    public init(
        starts: Int = 0, ends: [String: Int] = [:], stepMedian: Int? = nil, stepSlow: Int? = nil, backlog: Int = 0,
        calls: [String: Int] = [:]
    ) {
        self.starts = starts
        self.ends = ends
        self.stepMedian = stepMedian
        self.stepSlow = stepSlow
        self.backlog = backlog
        self.calls = calls
    }

    /// So many minutes are drawn, the newest.
    public static let countMax = 60
}

/// A row of figures as a small line, drawn here: no script, and a sentence for those who do not see it.
struct Sparkline {
    static let width = 120
    static let height = 28

    /// `label` says what the line is of; the figures themselves are in the words beside it.
    static func markup(_ values: [Int], label: String) -> Markup {
        let shown = values.suffix(MinuteCounts.countMax)
        let path = points(Array(shown))
        guard let first = path.first, let last = path.last else {
            return
                "<svg class=\"spark\" viewBox=\"0 0 \(width) \(height)\" preserveAspectRatio=\"none\" role=\"img\" aria-label=\"\(label)\"></svg>"
        }
        let line = path.map { "\($0.x) \($0.y)" }.joined(separator: "L")
        return """
            <svg class="spark" viewBox="0 0 \(width) \(height)" preserveAspectRatio="none" role="img" aria-label="\(label)"><path class="area" d="M\(first.x) \(height)L\(line)L\(last.x) \(height)z"/><path class="run" d="M\(line)"/></svg>
            """
    }

    private static func points(_ values: [Int]) -> [(x: Int, y: Int)] {
        guard values.count > 1 else { return [] }
        let most = max(values.max() ?? 1, 1)
        return values.enumerated().map { place, value in
            // Values are counts: a negative one would be drawn outside.
            let share = Double(max(value, 0)) / Double(most)
            return (place * width / (values.count - 1), height - 2 - Int((share * Double(height - 5)).rounded()))
        }
    }
}
