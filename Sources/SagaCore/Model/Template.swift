public import CEL

/// A value with expressions in it, as `with`, `set`, `key` and rows have.
public indirect enum Template: Sendable, Hashable {
    case literal(Value)
    /// `${ expr }` as a whole value: keeps its type.
    case formula(Formula)
    /// Text with `${ expr }` inside: interpolated.
    case text([Piece])
    case list([Template])
    /// In the order of the file.
    case map([Member])

    /// A part of an interpolated text.
    public enum Piece: Sendable, Hashable {
        case literal(String)
        case formula(Formula)
    }

    /// A name with its value; names are fixed, only values are computed.
    public struct Member: Sendable, Hashable {
        /// Never computed; unique in its map.
        public var name: String
        /// Built with the same variables as its siblings.
        public var value: Template

        /// A member `name` with what `value` gives.
        public init(name: String, value: Template) {
            self.name = name
            self.value = value
        }
    }

    /// Every expression in it, in order.
    public var formulas: [Formula] {
        switch self {
        case .literal: []
        case .formula(let formula): [formula]
        case .text(let pieces): pieces.compactMap { if case .formula(let formula) = $0 { formula } else { nil } }
        case .list(let items): items.flatMap(\.formulas)
        case .map(let members): members.flatMap(\.value.formulas)
        }
    }

    /// Builds the value. A failing expression is never a value: it throws.
    public func value(in scope: Scope) throws(FormulaError) -> Value {
        switch self {
        case .literal(let value):
            return value
        case .formula(let formula):
            return try formula.value(in: scope)
        case .text(let pieces):
            var text = ""
            for piece in pieces {
                switch piece {
                case .literal(let literal): text += literal
                case .formula(let formula): text += Self.text(of: try formula.value(in: scope))
                }
            }
            return .string(text)
        case .list(let items):
            var values: [Value] = []
            for item in items { values.append(try item.value(in: scope)) }
            return .list(values)
        case .map(let members):
            var entries: [(String, Value)] = []
            for member in members { entries.append((member.name, try member.value.value(in: scope))) }
            return .map(MapValue(entries))
        }
    }

    /// How a value reads inside a text and as a key: strings as they are, all else as JSON.
    public static func text(of value: Value) -> String {
        if case .string(let text) = value { text } else { JSON.string(value) }
    }
}

/// An expression and where it stands in its file.
public struct Formula: Sendable, Hashable {
    /// Parsed and checked already.
    public var expression: Expression
    /// Where it begins in the workflow's file.
    public var place: Place

    /// An expression at a place; tests that have no file leave the place out.
    public init(expression: Expression, place: Place = Place(line: 1, column: 1)) {
        self.expression = expression
        self.place = place
    }

    /// What one evaluation may cost; far above what a workflow needs, far below what would stall the loop.
    public static let costMax = 100_000

    /// Evaluates; a failure names the expression and its place.
    public func value(in scope: Scope) throws(FormulaError) -> Value {
        do throws(EvaluationError) {
            return try expression.evaluate(scope, costMax: Self.costMax)
        } catch {
            throw FormulaError(expression: expression.source, place: place, message: error.message)
        }
    }

    /// Evaluates a condition; anything but a boolean is a failure, never `false`.
    public func holds(in scope: Scope) throws(FormulaError) -> Bool {
        guard case .bool(let holds) = try value(in: scope) else {
            throw FormulaError(expression: expression.source, place: place, message: "is not a boolean")
        }
        return holds
    }
}

/// An expression that failed at run time.
public struct FormulaError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The source text of the expression.
    public var expression: String
    /// Where it begins in the workflow's file.
    public var place: Place
    /// What went wrong, as the end of "expression '…' (line:column): ".
    public var message: String

    public var description: String { "expression '\(expression)' (\(place)): \(message)" }
}
