import SagaCore

/// The text of a file as Unicode scalars: what YAML counts columns in.
struct SourceText: Sendable {
    /// Of a file: far above what a workflow needs, and small enough that no file stalls the daemon.
    static let bytesMax = 1 << 20

    let scalars: [Unicode.Scalar]
    /// The offset of the first scalar of each line.
    let lineStarts: [Int]

    init(_ text: some StringProtocol) {
        var scalars = Array(text.unicodeScalars)
        // A byte order mark is no part of the text (YAML 1.2.2, 5.2).
        if scalars.first == "\u{FEFF}" { scalars.removeFirst() }
        self.scalars = scalars
        var starts = [0]
        var at = 0
        while at < scalars.count {
            let scalar = scalars[at]
            at += 1
            guard scalar.isBreak else { continue }
            if scalar == "\r", at < scalars.count, scalars[at] == "\n" { at += 1 }
            starts.append(at)
        }
        lineStarts = starts
    }

    /// The text without its byte order mark.
    var string: String {
        var text = String.UnicodeScalarView()
        text.append(contentsOf: scalars)
        return String(text)
    }

    /// The place of an offset; past the end is the end.
    func place(of offset: Int) -> Place {
        let offset = min(max(offset, 0), scalars.count)
        var low = 0
        var high = lineStarts.count - 1
        while low < high {
            let middle = (low + high + 1) / 2
            if lineStarts[middle] <= offset { low = middle } else { high = middle - 1 }
        }
        return Place(line: low + 1, column: offset - lineStarts[low] + 1)
    }

    /// The offset of a place; past the end is the end.
    func offset(of place: Place) -> Int {
        guard place.line >= 1 else { return 0 }
        guard place.line <= lineStarts.count else { return scalars.count }
        return min(lineStarts[place.line - 1] + max(place.column - 1, 0), scalars.count)
    }

    /// The offset behind the last scalar of the line that starts at `start`, its break not included.
    func lineEnd(from start: Int) -> Int {
        var at = start
        while at < scalars.count, !scalars[at].isBreak { at += 1 }
        return at
    }
}

extension Unicode.Scalar {
    /// What libyaml takes for the end of a line.
    var isBreak: Bool {
        switch value {
        case 0x0A, 0x0D, 0x85, 0x2028, 0x2029: true
        default: false
        }
    }

    var isBlank: Bool { self == " " || self == "\t" }

    /// Whether YAML 1.2 allows it in a file (5.1: no control characters but tab and line breaks).
    var isPrintable: Bool {
        switch value {
        case 0x09, 0x0A, 0x0D, 0x20...0x7E, 0x85, 0xA0...0xD7FF, 0xE000...0xFEFE, 0xFF00...0xFFFD, 0x1_0000...0x10_FFFF:
            true
        default: false
        }
    }
}
