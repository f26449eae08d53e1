import CEL
import SagaCore

extension WorkflowReader {
    /// The longest expression, in characters: what is longer belongs into a participant.
    static let expressionLengthMax = 4_096

    /// A value with expressions in it.
    mutating func template(
        _ node: YAMLNode, _ site: Site, expected: ExpressionUse.Expected = .any, sink: ExpressionUse.Sink = .inside
    ) -> Template {
        switch node.content {
        case .list(let items):
            return .list(items.map { template($0, site, expected: expected, sink: sink) })
        case .map(let entries):
            return .map(
                entries.map { entry in
                    if entry.key.contains("${") {
                        error(.expressionSyntax, entry.keyPlace, "an expression cannot stand in a key")
                    }
                    let value = template(entry.value, site, expected: expected, sink: sink)
                    checkMoney(entry, value)
                    return Template.Member(name: entry.key, value: value)
                })
        case .scalar(let scalar):
            guard scalar.text.contains("$") else { return .literal(literal(node)) }
            return interpolated(node, scalar.text, site, expected, sink)
        }
    }

    private mutating func literal(_ node: YAMLNode) -> Value {
        if case .double(let number) = node.value, let text = node.scalar?.text {
            if !number.isFinite {
                error(.outOfRange, node.place, "'\(text)' is no number that JSON has")
            } else if text.allSatisfy(\.isWholeNumber), text.count > 18 {
                error(
                    .outOfRange, node.place, "'\(text)' does not fit into 64 bits; write it in quotes if it is a text")
            }
        }
        return node.value
    }

    private mutating func interpolated(
        _ node: YAMLNode, _ text: String, _ site: Site, _ expected: ExpressionUse.Expected, _ sink: ExpressionUse.Sink
    ) -> Template {
        let parts = Interpolation(text)
        let places = ScalarPlaces(node, in: source)
        for fault in parts.faults {
            switch fault {
            case .unterminated(let at):
                error(.unterminated, places.place(of: at), "'${' has no '}'; for the characters themselves write '$${'")
            case .nested(let at):
                error(.nested, places.place(of: at), "'${' inside of an expression; name the variable without it")
            case .blank(let at):
                error(.expressionSyntax, places.place(of: at), "'${ }' holds no expression")
            }
        }
        if let whole = parts.whole {
            let formula = formula(whole.source, whole.at, places, site, expected, sink)
            return formula.map { .formula($0) } ?? .literal(.null)
        }
        var pieces: [Template.Piece] = []
        for piece in parts.pieces {
            switch piece {
            case .literal(let text): pieces.append(.literal(text))
            case .expression(let source, let at):
                if let formula = formula(source, at, places, site, .any, sink) { pieces.append(.formula(formula)) }
            }
        }
        if case .literal(let text)? = pieces.first, pieces.count == 1 { return .literal(.string(text)) }
        return .text(pieces)
    }

    /// A bare expression that must give a boolean.
    mutating func condition(_ node: YAMLNode, _ site: Site) -> Formula? {
        guard let scalar = node.scalar, !scalar.text.isEmpty else {
            error(.wrongType, node.place, "'when' must be an expression, is \(node.article)")
            return nil
        }
        let places = ScalarPlaces(node, in: source)
        let text = Array(scalar.text.unicodeScalars)
        if scalar.text.hasPrefix("${") {
            error(.expressionSyntax, node.place, "'when' is a bare expression: write it without '${ }'")
            return nil
        }
        guard let first = text.firstIndex(where: { !$0.properties.isWhitespace }),
            let last = text.lastIndex(where: { !$0.properties.isWhitespace })
        else {
            error(.expressionSyntax, node.place, "'when' holds no expression")
            return nil
        }
        var trimmed = String.UnicodeScalarView()
        trimmed.append(contentsOf: text[first...last])
        return formula(String(trimmed), first, places, site, .bool, .inside)
    }

    private mutating func formula(
        _ source: String, _ start: Int, _ places: ScalarPlaces, _ site: Site, _ expected: ExpressionUse.Expected,
        _ sink: ExpressionUse.Sink
    ) -> Formula? {
        let length = source.unicodeScalars.count
        guard length <= Self.expressionLengthMax else {
            error(
                .expressionTooLong, places.place(of: start),
                "the expression has \(length) characters; the most is \(Self.expressionLengthMax)")
            return nil
        }
        do throws(ParseError) {
            let expression = try Expression(source, zones: SystemZones.resolver)
            let formula = Formula(expression: expression, place: places.place(of: start))
            uses.append(
                ExpressionUse(
                    formula: formula, site: site, expected: expected, sink: sink, places: places, start: start))
            return formula
        } catch {
            let index = source.utf8.prefix(error.offset).count { $0 & 0xC0 != 0x80 }
            self.error(.expressionSyntax, places.place(of: start + index), error.message)
            return nil
        }
    }
}
