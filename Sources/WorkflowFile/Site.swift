import CEL
import SagaCore

/// Where an expression stands, and so which variables it may read (workflow-language.md, "Expressions").
struct Site {
    var names: [String]
    /// The key that holds it, for messages: `'with'`.
    var place: String
    /// The fields of the variables whose fields are known.
    var fields = Site.fields

    enum Kind {
        /// When the saga starts: nothing has happened yet.
        case start
        case common
        case afterCall
        case undo
        case refused
        case signal
    }

    init(_ kind: Kind, _ place: String) {
        switch kind {
        case .start: names = ["input", "saga", "now"]
        case .common: names = Self.common
        case .afterCall: names = Self.common + ["result"]
        case .undo: names = Self.common + ["result", "request"]
        case .refused: names = Self.common + ["error"]
        case .signal: names = Self.common + ["signal"]
        }
        self.place = place
    }

    init(_ names: [String], _ place: String, fields: [String: [String]] = Site.fields) {
        self.names = names
        self.place = place
        self.fields = fields
    }

    private static let common = ["input", "vars", "saga", "now"]
    /// Every variable that there is anywhere, with the place where it is known.
    static let all = ["input", "vars", "result", "request", "signal", "error", "saga", "now"] + AnswerRule.variables

    /// Where a variable is known, for who uses it elsewhere.
    static func home(of name: String) -> String {
        switch name {
        case "result": "in 'then', 'set' and 'compensate.with' of a state with a call"
        case "request": "in 'compensate.with'"
        case "signal": "in 'signals'"
        case "error": "in 'refused'"
        case _ where AnswerRule.variables.contains(name): "in 'answers'"
        default: "once the saga has started"
        }
    }

    /// The fields of the variables whose fields are the engine's.
    static let fields: [String: [String]] = [
        "saga": ["id", "key", "workflow", "version", "state", "status", "startedAt", "serial"],
        "signal": ["name", "data", "by"],
        "error": ["code", "message"],
    ]
}

/// An expression with all that judging it needs.
struct ExpressionUse {
    var formula: Formula
    var site: Site
    var expected: Expected
    var sink: Sink
    var places: ScalarPlaces
    /// The index of its first character in its scalar.
    var start: Int

    enum Expected {
        case any, bool
        /// A time stamp or a duration.
        case time
        /// What a key or a column can be searched by: no list, no map.
        case plain
    }

    /// Where the value goes.
    enum Sink {
        /// To a participant, or into a decision: secrets may go there.
        case inside
        /// Where people see it.
        case shown(String)
        /// Into `vars`, which are shown with the saga.
        case variable(String)
    }

    /// The place of a byte of its source.
    func place(ofByte offset: Int) -> Place {
        let prefix = formula.expression.source.utf8.prefix(offset)
        return places.place(of: start + prefix.count { $0 & 0xC0 != 0x80 })
    }
}
