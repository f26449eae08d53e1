public import CEL

extension Saga {
    /// What it shows in a view: also when the view's expressions fail, as a value that fails is `{"failed": "why"}` in its place.
    public func row(of view: View) -> ShownRow {
        let scope = scope(at: updatedAt)
        let row = view.row.partial(in: scope)
        do throws(FormulaError) {
            return ShownRow(key: .found(Template.text(of: try view.key.value(in: scope))), row: row)
        } catch {
            return ShownRow(key: .failed("failed: \(error.brief)"), row: row)
        }
    }
}

/// A saga's row in a view.
public struct ShownRow: Sendable, Hashable {
    /// What the view's `key` gives.
    public var key: Key
    /// What the view's `row` gives.
    public var row: Value

    /// What a row is looked up by.
    public enum Key: Sendable, Hashable {
        case found(String)
        /// Why there is none; nothing is found by it.
        case failed(String)

        /// As it is shown.
        public var text: String {
            switch self {
            case .found(let text), .failed(let text): text
            }
        }
    }
}

extension View {
    /// The same for views that show the same of every saga, wherever they stand in their files; kept to tell that a view was changed.
    public var digest: UInt64 { Hash.of("\(key.canonical)\n\(row.canonical)".utf8) }
}

extension Template {
    /// Its meaning as text: expressions by their sources, all else as JSON.
    fileprivate var canonical: String {
        switch self {
        case .literal(let value): return JSON.string(value)
        case .formula(let formula): return "${\(JSON.string(.string(formula.expression.source)))}"
        case .text(let pieces):
            return pieces.map { piece in
                switch piece {
                case .literal(let text): JSON.string(.string(text))
                case .formula(let formula): "${\(JSON.string(.string(formula.expression.source)))}"
                }
            }.joined(separator: "+")
        case .list(let items): return "[\(items.map(\.canonical).joined(separator: ","))]"
        case .map(let members):
            let parts = members.map { "\(JSON.string(.string($0.name))):\($0.value.canonical)" }
            return "{\(parts.joined(separator: ","))}"
        }
    }

    /// The value, with `{"failed": "why"}` for each part that fails.
    fileprivate func partial(in scope: Scope) -> Value {
        switch self {
        case .literal(let value): return value
        case .list(let items): return .list(items.map { $0.partial(in: scope) })
        case .map(let members): return .map(MapValue(members.map { ($0.name, $0.value.partial(in: scope)) }))
        case .formula, .text:
            do throws(FormulaError) {
                return try value(in: scope)
            } catch {
                return .map(MapValue([("failed", .string(error.brief))]))
            }
        }
    }
}

extension FormulaError {
    /// For a cell: the reason first, and no more of a long expression than shows which one it is.
    fileprivate var brief: String {
        let source = expression.count > 80 ? expression.prefix(80) + "…" : expression[...]
        return "\(message) in '\(source)' (\(place))"
    }
}
