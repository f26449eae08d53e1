import SagaCore

/// Where each character of a scalar's text stands in the file: exact for every style, folded lines and escapes included.
struct ScalarPlaces {
    private let source: SourceText
    private let offsets: [Int]
    private let end: Int

    init(_ node: YAMLNode, in source: SourceText) {
        self.source = source
        var at = source.offset(of: node.place)
        var offsets: [Int] = []
        guard let scalar = node.scalar else {
            self.offsets = []
            end = at
            return
        }
        let scalars = source.scalars
        let text = Array(scalar.text.unicodeScalars)
        var quote: Unicode.Scalar?
        if at < scalars.count, !scalar.isPlain {
            if scalars[at] == "'" || scalars[at] == "\"" {
                quote = scalars[at]
                at += 1
            } else {
                // A block scalar: the text starts on the line after `|` or `>` and their options.
                at = source.lineEnd(from: at)
            }
        }
        offsets.reserveCapacity(text.count)
        for scalar in text {
            let isSpace = scalar == " " || scalar == "\n" || scalar == "\t"
            if !isSpace {
                while at < scalars.count, scalars[at] != scalar, scalars[at].isBlank || scalars[at].isBreak { at += 1 }
            }
            guard at < scalars.count else {
                offsets.append(scalars.count)
                continue
            }
            offsets.append(at)
            if quote == "\"", scalars[at] == "\\" {
                at += Self.escapeLength(scalars, at)
            } else if quote == "'", scalar == "'" {
                at += 2
            } else if !isSpace || scalars[at].isBlank || scalars[at].isBreak {
                at += 1
            }
        }
        self.offsets = offsets
        end = at
    }

    /// How many characters an escape in double quotes takes (YAML 1.2.2, 5.7).
    private static func escapeLength(_ scalars: [Unicode.Scalar], _ at: Int) -> Int {
        guard at + 1 < scalars.count else { return 1 }
        switch scalars[at + 1] {
        case "x": return 4
        case "u": return 6
        case "U": return 10
        default: return 2
        }
    }

    /// The place of the character with that index (in Unicode scalars); behind the last: the end of the text.
    func place(of index: Int) -> Place {
        source.place(of: index >= 0 && index < offsets.count ? offsets[index] : end)
    }
}
