import SagaCore

/// Reads the text once before it is composed and finds what must not be composed: tags, anchors and aliases (a file of 322
/// bytes may stand for millions of nodes), tabs, control characters, flow collections nested too deep.
///
/// It knows just enough of YAML to tell where a node starts: quotes, comments, block scalars and plain scalars that go on over
/// lines. libyaml keeps the last word on syntax.
struct YAMLGuard {
    static let depthMax = 64

    struct Finding: Hashable {
        var offset: Int
        var code: Diagnostic.Code
        var text: String
    }

    /// At most this many findings: one is enough to refuse the file.
    static let findingsMax = 50

    private let source: SourceText
    private(set) var findings: [Finding] = []
    private var flowDepth = 0
    /// The quote that is open at the end of a line.
    private var quote: Unicode.Scalar?
    /// The column of the innermost key or dash; what belongs to it stands further right.
    private var parent = -1
    /// The parent of the block scalar that is open.
    private var block: Int?
    /// The parent of the plain scalar at the end of the last line, which may go on.
    private var plain: Int?

    init(_ source: SourceText) {
        self.source = source
        for (line, start) in source.lineStarts.enumerated() where findings.count < Self.findingsMax {
            let end = source.lineEnd(from: start)
            controls(start, line + 1 < source.lineStarts.count ? source.lineStarts[line + 1] : end)
            scan(start, end)
        }
    }

    private mutating func controls(_ start: Int, _ end: Int) {
        for at in start..<end where !source.scalars[at].isPrintable {
            let number = String(source.scalars[at].value, radix: 16, uppercase: true)
            let padded = String(repeating: "0", count: max(0, 4 - number.count)) + number
            return add(at, .syntax, "control character U+\(padded)")
        }
    }

    private mutating func scan(_ start: Int, _ end: Int) {
        var at = start
        while at < end, source.scalars[at] == " " { at += 1 }
        let indent = at - start
        if quote != nil {
            guard let next = closeQuote(start, end) else { return }
            return nodes(next, start, end, fresh: false)
        }
        if at == end { return }
        if let parent = block {
            if indent > parent { return }
            block = nil
        }
        if source.scalars[at] == "\t" {
            let rest = source.scalars[at..<end].first { !$0.isBlank }
            if rest == nil || rest == "#" { return }
            add(at, .tab, "a tab in the indentation; YAML is indented by spaces")
            return
        }
        if indent == 0, flowDepth == 0 {
            if source.scalars[at] == "%" { return }
            if end - at >= 3, isMarker(at, end) {
                parent = -1
                plain = nil
                return nodes(at + 3, start, end, fresh: true)
            }
        }
        if let open = plain, flowDepth > 0 || indent > open {
            return plainText(at, start, end)
        }
        plain = nil
        nodes(at, start, end, fresh: true)
    }

    /// `---` and `...` alone or before a blank.
    private func isMarker(_ at: Int, _ end: Int) -> Bool {
        let three = source.scalars[at..<at + 3]
        return (three.allSatisfy { $0 == "-" } || three.allSatisfy { $0 == "." })
            && (at + 3 == end || source.scalars[at + 3].isBlank)
    }

    /// Walks the tokens of a line from `at`; `fresh`: a node may start here.
    private mutating func nodes(_ from: Int, _ start: Int, _ end: Int, fresh: Bool) {
        var at = from
        var fresh = fresh
        while at < end, findings.count < Self.findingsMax {
            let scalar = source.scalars[at]
            let spaced = at + 1 >= end || source.scalars[at + 1].isBlank
            switch scalar {
            case " ", "\t":
                at += 1
            case "#" where at == start || source.scalars[at - 1].isBlank:
                return
            case "-" where spaced && fresh, "?" where spaced && fresh:
                parent = flowDepth == 0 ? at - start : parent
                at += 1
            case ":" where spaced || flowDepth > 0:
                fresh = true
                at += 1
            case "[", "{":
                open(at)
                fresh = true
                at += 1
            case "]", "}":
                flowDepth = max(0, flowDepth - 1)
                fresh = false
                at += 1
            case "," where flowDepth > 0:
                fresh = true
                at += 1
            case "&", "*", "!":
                at = mark(scalar, at, end)
            case "'", "\"":
                quote = scalar
                let key = at - start
                guard let next = closeQuote(at + 1, end) else { return }
                at = next
                if flowDepth == 0, isKey(at, end) { parent = key }
                fresh = false
            case "|" where flowDepth == 0, ">" where flowDepth == 0:
                block = parent
                return
            default:
                guard let next = plainEnd(at, start, end) else { return }
                at = next
                fresh = false
            }
        }
    }

    private mutating func open(_ at: Int) {
        flowDepth += 1
        if flowDepth == Self.depthMax + 1 {
            add(at, .nestedTooDeep, "nested deeper than \(Self.depthMax) levels")
        }
    }

    /// A tag, an anchor or an alias; gives the offset behind it.
    private mutating func mark(_ scalar: Unicode.Scalar, _ at: Int, _ end: Int) -> Int {
        var next = at + 1
        while next < end, !source.scalars[next].isBlank, !",[]{}".unicodeScalars.contains(source.scalars[next]) {
            next += 1
        }
        var name = String.UnicodeScalarView()
        name.append(contentsOf: source.scalars[at..<min(next, at + 64)])
        switch scalar {
        case "!":
            add(at, .tag, "tag '\(String(name))'; tags are not supported: quote the text if it is one")
        case "&" where next > at + 1:
            add(at, .alias, "anchor '\(String(name))'; anchors and aliases are not supported: write the value out")
        case "*" where next > at + 1:
            add(at, .alias, "alias '\(String(name))'; anchors and aliases are not supported: write the value out")
        default:
            break
        }
        return next
    }

    /// The offset behind the closing quote, or `nil` when it is not on this line.
    private mutating func closeQuote(_ from: Int, _ end: Int) -> Int? {
        var at = from
        while at < end {
            let scalar = source.scalars[at]
            if scalar == "\\", quote == "\"" {
                at += 2
                continue
            }
            at += 1
            guard scalar == quote else { continue }
            if scalar == "'", at < end, source.scalars[at] == "'" {
                at += 1
                continue
            }
            quote = nil
            return at
        }
        return nil
    }

    private func isKey(_ at: Int, _ end: Int) -> Bool {
        var at = at
        while at < end, source.scalars[at].isBlank { at += 1 }
        return at < end && source.scalars[at] == ":" && (at + 1 == end || source.scalars[at + 1].isBlank)
    }

    private mutating func plainText(_ at: Int, _ start: Int, _ end: Int) {
        if source.scalars[at] == "#" { return }
        guard let next = plainEnd(at, start, end) else { return }
        nodes(next, start, end, fresh: false)
    }

    /// The end of a plain scalar that starts (or goes on) at `from`; `nil`: it reaches the end of the line.
    private mutating func plainEnd(_ from: Int, _ start: Int, _ end: Int) -> Int? {
        var at = from
        while at < end {
            let scalar = source.scalars[at]
            let spaced = at + 1 == end || source.scalars[at + 1].isBlank
            if scalar == ":", spaced || (flowDepth > 0 && ",[]{}".unicodeScalars.contains(source.scalars[at + 1])) {
                if flowDepth == 0 { parent = from - start }
                plain = nil
                return at
            }
            if scalar == "#", source.scalars[at - 1].isBlank {
                plain = nil
                return at
            }
            if flowDepth > 0, ",[]{}".unicodeScalars.contains(scalar) {
                plain = nil
                return at
            }
            at += 1
        }
        plain = parent
        return nil
    }

    private mutating func add(_ offset: Int, _ code: Diagnostic.Code, _ text: String) {
        findings.append(Finding(offset: offset, code: code, text: text))
    }
}
