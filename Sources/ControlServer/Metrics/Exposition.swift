import SagaEngine

/// Metrics as text, by the rules of one of two formats: Prometheus' own, 0.0.4, and OpenMetrics 1.0.
///
/// They differ in what a counter's family is called (OpenMetrics: without `_total`), in when a series began (`_created`), in units, and in the
/// end, which OpenMetrics marks so that a text which was cut off is known.
struct Exposition {
    enum Format: CaseIterable {
        case text, openMetrics

        var contentType: String {
            switch self {
            case .text: "text/plain; version=0.0.4; charset=utf-8"
            case .openMetrics: "application/openmetrics-text; version=1.0.0; charset=utf-8"
            }
        }

        var offer: Accept.Offer {
            switch self {
            case .text: Accept.Offer(type: "text/plain", version: "0.0.4")
            case .openMetrics: Accept.Offer(type: "application/openmetrics-text", version: "1.0.0")
            }
        }
    }

    typealias Labels = [(name: String, value: String)]

    struct Sample {
        var labels: Labels
        var value: Double

        init(_ labels: Labels = [], _ value: Double) {
            self.labels = labels
            self.value = value
        }

        init(_ labels: Labels = [], _ value: Int) { self.init(labels, Double(value)) }
    }

    private let format: Format
    /// Since when all is counted, in seconds since 1970.
    private let since: String
    private var text = ""

    /// - Parameter since: milliseconds since 1970: when the process began to count.
    init(_ format: Format, since: Int64) {
        self.format = format
        self.since = Self.text(Double(since) / 1_000)
    }

    /// All of it.
    var finished: String { format == .openMetrics ? text + "# EOF\n" : text }

    mutating func gauge(_ name: String, _ help: String, _ samples: [Sample]) {
        head(name, "gauge", help)
        for sample in samples { line(name, sample.labels, Self.text(sample.value)) }
    }

    /// What there is to know and never changes.
    mutating func info(_ name: String, _ help: String, _ labels: Labels) {
        switch format {
        case .text: gauge(name + "_info", help, [Sample(labels, 1)])
        case .openMetrics:
            head(name, "info", help)
            line(name + "_info", labels, "1")
        }
    }

    /// - Parameter name: without `_total`.
    mutating func counter(_ name: String, _ help: String, _ samples: [Sample]) {
        head(format == .text ? name + "_total" : name, "counter", help)
        for sample in samples {
            line(name + "_total", sample.labels, Self.text(sample.value))
            if format == .openMetrics { line(name + "_created", sample.labels, since) }
        }
    }

    mutating func histogram(_ name: String, _ help: String, _ samples: [(labels: Labels, histogram: Histogram)]) {
        head(name, "histogram", help)
        for (labels, histogram) in samples {
            for (bound, count) in histogram.cumulative {
                // As OpenMetrics writes numbers, in both: else a change of the format would be another series.
                let end = bound == .infinity ? "+Inf" : "\(bound)"
                line(name + "_bucket", labels + [("le", end)], "\(count)")
            }
            line(name + "_sum", labels, Self.text(histogram.sum))
            line(name + "_count", labels, "\(histogram.count)")
            if format == .openMetrics { line(name + "_created", labels, since) }
        }
    }

    private mutating func head(_ name: String, _ type: String, _ help: String) {
        text += "# HELP \(name) \(escaped(help, quotes: format == .openMetrics))\n# TYPE \(name) \(type)\n"
        guard format == .openMetrics else { return }
        for unit in ["seconds", "bytes"] where name.hasSuffix("_" + unit) { text += "# UNIT \(name) \(unit)\n" }
    }

    private mutating func line(_ name: String, _ labels: Labels, _ value: String) {
        let shown = labels.map { "\($0.name)=\"\(escaped($0.value, quotes: true))\"" }.joined(separator: ",")
        text += shown.isEmpty ? "\(name) \(value)\n" : "\(name){\(shown)} \(value)\n"
    }

    private func escaped(_ text: String, quotes: Bool) -> String {
        var escaped = ""
        // By scalars: a carriage return and a line feed are one character.
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\\": escaped += "\\\\"
            case "\n": escaped += "\\n"
            case "\"" where quotes: escaped += "\\\""
            default: escaped.unicodeScalars.append(scalar)
            }
        }
        return escaped
    }

    private static func text(_ value: Double) -> String {
        if let whole = Int64(exactly: value), abs(whole) < 1 << 53 { return "\(whole)" }
        if value.isNaN { return "NaN" }
        if value.isInfinite { return value > 0 ? "+Inf" : "-Inf" }
        return "\(value)"
    }
}
