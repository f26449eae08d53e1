import SagaCore

/// What libyaml finds wrong, in words of ours: what stands there, what was expected, and the line above.
struct YAMLWords {
    private let source: SourceText

    init(_ source: SourceText) {
        self.source = source
    }

    /// What is wrong at a place, and where that is best shown; `nil` for what libyaml says rarely.
    /// - Parameter context: where the map, list or text begins that is being read.
    func words(for problem: String, at place: Place, in context: Place?) -> (text: String, place: Place)? {
        switch problem {
        case "did not find expected key": return (expectedKey(place, context), place)
        case "did not find expected '-' indicator":
            return (
                "\(indented(place)), and the list that it would belong to \(indentation(of: context)); "
                    + "indent its '- ' as that list\(above(place))", place
            )
        case "mapping values are not allowed in this context": return (strayColon(place), place)
        case "block sequence entries are not allowed in this context":
            return ("a list cannot begin behind other text; begin it on a line of its own\(above(place))", place)
        case "could not find expected ':'":
            let at = context ?? place
            return (
                "this line is no 'key: value'; a key is followed by ': ', and a text that goes on is indented further than its "
                    + "key\(above(at))", at
            )
        case "did not find expected ',' or '}'": return (unclosed("{", "}", place, context), place)
        case "did not find expected ',' or ']'": return (unclosed("[", "]", place, context), place)
        case "found unexpected end of stream":
            return context.map { ("the quote that opens here is not closed", $0) }
        case "found character that cannot start any token":
            return ("\(shown(at: place)) cannot begin a value; put the text in quotes", place)
        case "did not find expected node content": return ("a value is missing here\(above(place))", place)
        default: return nil
        }
    }

    private func expectedKey(_ place: Place, _ context: Place?) -> String {
        guard place.column - 1 == indent(of: place.line) else {
            return "\(shown(at: place)) is not expected behind a value; put the whole value in quotes"
        }
        return "\(indented(place)), and the map that it would belong to \(indentation(of: context)); "
            + "indent its keys alike\(above(place))"
    }

    /// A second colon in one line, or a key under a line that has a value already.
    private func strayColon(_ place: Place) -> String {
        let start = source.offset(of: Place(line: place.line, column: 1))
        let before = source.scalars[start..<source.offset(of: place)]
        if before.contains(":") {
            return
                "a second ': ' in one line; put the value in quotes, or the inner key on a line of its own, indented further"
        }
        guard let line = lineAbove(place.line) else { return "a key is not expected here" }
        let text = shown(line: line)
        if indent(of: place.line) > indent(of: line) {
            return "\(indented(place)), further than the line above, which has a value already; "
                + "indent it alike, or take that value away: \(text)"
        }
        return "a key is not expected here\(above(place))"
    }

    private func unclosed(_ open: String, _ close: String, _ place: Place, _ context: Place?) -> String {
        let line = context.map { " of line \($0.line)" } ?? ""
        return "the '\(open)'\(line) is not closed with '\(close)' before this, or a ',' is missing\(above(place))"
    }

    private func indented(_ place: Place) -> String {
        "this line is indented by \(spaces(indent(of: place.line)))"
    }

    private func indentation(of context: Place?) -> String {
        context.map { "by \(spaces($0.column - 1)) (line \($0.line))" } ?? "differently"
    }

    private func spaces(_ count: Int) -> String { count == 1 ? "1 space" : "\(count) spaces" }

    // MARK: Lines

    private func range(of line: Int) -> Range<Int> {
        guard line >= 1, line <= source.lineStarts.count else { return source.scalars.count..<source.scalars.count }
        let start = source.lineStarts[line - 1]
        return start..<max(start, source.lineEnd(from: start))
    }

    private func indent(of line: Int) -> Int { source.scalars[range(of: line)].prefix { $0 == " " }.count }

    /// The next line before with more than blanks and a comment.
    private func lineAbove(_ line: Int) -> Int? {
        stride(from: min(line, source.lineStarts.count + 1) - 1, to: 0, by: -1).first { number in
            let first = source.scalars[range(of: number)].first { !$0.isBlank }
            return first != nil && first != "#"
        }
    }

    private func above(_ place: Place) -> String {
        lineAbove(place.line).map { "; the line above is \(shown(line: $0))" } ?? ""
    }

    private func shown(line: Int) -> String {
        var text = String.UnicodeScalarView()
        text.append(contentsOf: source.scalars[range(of: line)].drop { $0.isBlank }.prefix(60))
        return "'\(String(text))'"
    }

    private func shown(at place: Place) -> String {
        let offset = source.offset(of: place)
        guard offset < source.scalars.count else { return "the end of the file" }
        var text = String.UnicodeScalarView()
        text.append(contentsOf: source.scalars[offset..<source.lineEnd(from: offset)].prefix { !$0.isBlank }.prefix(20))
        return "'\(String(text))'"
    }
}
