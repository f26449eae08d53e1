import CEL
import ControlAPI

/// Where `watch` draws.
protocol Drawing {
    mutating func draw(_ record: HistoryResource) throws
    /// The daemon has gone away and is looked for.
    mutating func pause() throws
}

/// A line for each record, for a pipe.
struct Roll: Drawing {
    let output: Output
    let isJSON: Bool

    func draw(_ record: HistoryResource) throws {
        guard isJSON else { return try output.line(HistoryText.line(record, coloured: output.isColoured)) }
        try output.json(record.json)
    }

    func pause() {}
}

/// The saga's way on a terminal, drawn again in place with each record (ECMA-48: CUU, ED).
struct Canvas: Drawing {
    let output: Output
    private var way = Way()
    private var title = ""
    /// How many lines the cursor stands below the first.
    private var height = 0

    init(output: Output) {
        self.output = output
    }

    mutating func draw(_ record: HistoryResource) throws {
        if record.type == "started" {
            title = "\(record.fields["workflow"]?.shown ?? "saga") \(record.fields["key"]?.shown ?? "")".printable
        }
        way.apply(number: record.number, name: record.type, fields: record.fields)
        try redraw(way.end.map { "\($0.status) at \(record.at)" } ?? "\(record.at)  \(record.type)")
    }

    mutating func pause() throws { try redraw("the daemon is away; looking for it") }

    private mutating func redraw(_ footer: String) throws {
        let size = output.size
        let lines = way.lines(height: size.rows - 4, width: size.columns, coloured: output.isColoured)
        let all =
            [Paint.bold.applied(to: title.cut(to: size.columns), if: output.isColoured)] + lines
            + [Paint.dim.applied(to: footer.printable.cut(to: size.columns), if: output.isColoured)]
        let back = height > 0 ? "\r\u{1B}[\(height)A\u{1B}[J" : ""
        try output.write(back + all.map { $0 + "\n" }.joined())
        height = all.count
    }
}
