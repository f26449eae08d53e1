/// Splits a text at its `${ … }`.
struct Interpolation {
    enum Piece: Equatable {
        case literal(String)
        /// The source between the braces, and the index (in Unicode scalars) of its first character.
        case expression(String, at: Int)
    }

    /// A `${` that cannot be read, with its index.
    enum Fault: Equatable {
        case unterminated(at: Int)
        case nested(at: Int)
        case blank(at: Int)
    }

    private(set) var pieces: [Piece] = []
    private(set) var faults: [Fault] = []
    private let text: [Unicode.Scalar]

    init(_ string: String) {
        text = Array(string.unicodeScalars)
        var literal = String.UnicodeScalarView()
        var at = 0
        while at < text.count {
            if starts("$${", at) {
                // `$${` stands for `${` itself.
                literal.append(contentsOf: text[at + 1...at + 2])
                at += 3
            } else if starts("${", at) {
                if !literal.isEmpty { pieces.append(.literal(String(literal))) }
                literal = String.UnicodeScalarView()
                guard let end = expression(from: at) else { return }
                at = end
            } else {
                literal.append(text[at])
                at += 1
            }
        }
        if !literal.isEmpty || pieces.isEmpty { pieces.append(.literal(String(literal))) }
    }

    /// Whether it is one expression and nothing else but blanks around it: such a value keeps its type.
    var whole: (source: String, at: Int)? {
        var found: (source: String, at: Int)?
        for piece in pieces {
            switch piece {
            case .literal(let text) where text.allSatisfy(\.isWhitespace): continue
            case .literal: return nil
            case .expression(let source, let at):
                if found != nil { return nil }
                found = (source, at)
            }
        }
        return found
    }

    private func starts(_ prefix: String, _ at: Int) -> Bool {
        text[at...].starts(with: prefix.unicodeScalars)
    }

    /// Reads `${ … }` at `start`; gives the index behind it, `nil` when it has no end.
    private mutating func expression(from start: Int) -> Int? {
        var at = start + 2
        var depth = 0
        var isNested = false
        while at < text.count {
            switch text[at] {
            case "'", "\"":
                guard let next = literalEnd(from: at) else {
                    at = text.count
                    continue
                }
                at = next
                continue
            case "{":
                if text[at - 1] == "$", !isNested {
                    faults.append(.nested(at: at - 1))
                    isNested = true
                }
                depth += 1
            case "}" where depth == 0:
                add(start, at, isNested)
                return at + 1
            case "}":
                depth -= 1
            default: break
            }
            at += 1
        }
        faults.append(.unterminated(at: start))
        return nil
    }

    private mutating func add(_ start: Int, _ end: Int, _ isNested: Bool) {
        guard !isNested else { return }
        let inner = text[(start + 2)..<end]
        guard let first = inner.firstIndex(where: { !$0.properties.isWhitespace }),
            let last = inner.lastIndex(where: { !$0.properties.isWhitespace })
        else { return faults.append(.blank(at: start)) }
        var source = String.UnicodeScalarView()
        source.append(contentsOf: inner[first...last])
        pieces.append(.expression(String(source), at: first))
    }

    /// The index behind a string literal of CEL, which may hold braces; raw and triple quoted ones too.
    private func literalEnd(from start: Int) -> Int? {
        let quote = text[start]
        let isRaw = start > 0 && (text[start - 1] == "r" || text[start - 1] == "R")
        let isTriple = start + 2 < text.count && text[start + 1] == quote && text[start + 2] == quote
        var at = start + (isTriple ? 3 : 1)
        while at < text.count {
            if text[at] == "\\", !isRaw {
                at += 2
            } else if text[at] != quote {
                at += 1
            } else if !isTriple {
                return at + 1
            } else if at + 2 < text.count, text[at + 1] == quote, text[at + 2] == quote {
                return at + 3
            } else {
                at += 1
            }
        }
        return nil
    }
}
