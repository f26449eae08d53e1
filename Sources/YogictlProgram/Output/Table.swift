/// Rows in columns as wide as their widest cell is on a terminal, with a head in capitals; the last column is not padded.
struct Table {
    /// One cell: its text, and the colour of its text on a terminal.
    struct Cell: ExpressibleByStringInterpolation {
        var text: String
        var paint: Paint

        init(_ text: String, _ paint: Paint = .plain) {
            self.text = text
            self.paint = paint
        }

        init(stringLiteral text: String) { self.init(text) }
    }

    private let head: [String]
    private var rows: [[Cell]] = []

    /// - Parameter head: the names of the columns.
    init(_ head: String...) {
        self.init(head)
    }

    init(_ head: [String]) {
        self.head = head.map(\.printable)
    }

    var isEmpty: Bool { rows.isEmpty }

    mutating func add(_ cells: [Cell]) { rows.append(cells) }

    mutating func add(_ cells: Cell...) { rows.append(cells) }

    /// The table's lines, each with its line feed.
    ///
    /// - Parameter width: cells of the last columns are cut so that no line is longer; a pipe is given whole lines.
    func text(coloured: Bool, indent: String = "", width: Int = .max) -> String {
        let lines = [head.map { Cell($0, .bold) }] + rows.map { row in row.map(Self.visible) }
        var widths = head.map { _ in 0 }
        for line in lines {
            for (column, cell) in line.enumerated() { widths[column] = max(widths[column], cell.text.columns) }
        }
        var text = ""
        for line in lines {
            var row = indent
            var taken = indent.columns
            for (column, cell) in line.enumerated() where !cell.text.isEmpty {
                let before = widths[..<column].reduce(indent.columns) { $0 + $1 + 2 }
                guard before < width else { break }
                let shown = cell.text.cut(to: width - before)
                row += String(repeating: " ", count: before - taken) + cell.paint.applied(to: shown, if: coloured)
                taken = before + shown.columns
            }
            text += row + "\n"
        }
        return text
    }

    /// No text from a saga can steer the terminal.
    private static func visible(_ cell: Cell) -> Cell {
        Cell(cell.text.printable, cell.paint)
    }
}

extension String {
    /// The text without control characters: what a guest wrote must not move a cursor or break a row.
    var printable: String {
        guard unicodeScalars.contains(where: \.isControl) else { return self }
        var out = String.UnicodeScalarView()
        for scalar in unicodeScalars {
            if scalar.isControl {
                out.append(contentsOf: "\\u{\(String(scalar.value, radix: 16))}".unicodeScalars)
            } else {
                out.append(scalar)
            }
        }
        return String(out)
    }
}

extension Unicode.Scalar {
    /// C0, DEL, C1, the separators of lines, and the marks that change the direction of text.
    var isControl: Bool {
        switch value {
        case 0..<0x20, 0x7F..<0xA0, 0x2028...0x202E, 0x2066...0x2069: true
        default: false
        }
    }
}
