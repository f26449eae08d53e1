import CEL
import SagaCore

extension WorkflowReader {
    /// Judges the types of every expression: what fails for certain is an error, what fails in some sagas (a member that may be
    /// missing, a variable that may be unset, a `null`) a warning. What is not known is no fault.
    mutating func checkTypes(_ workflow: Workflow) {
        var walk = TypeWalk(workflow, names: Array(Set(vars)))
        if !isGraphIncomplete, workflow.state(workflow.initial) != nil { walk.follow() }
        if !walk.isExhausted { walk.judge() }
        let places = Dictionary(uses.map { ($0.formula.place, $0) }, uniquingKeysWith: { first, _ in first })
        for finding in walk.findings {
            guard let use = places[finding.formula.place] else { continue }
            switch finding.what {
            case .fault(let fault): tell(fault, use, finding.role)
            case .unwanted(let type, let path): unwanted(type, path, use, finding.role)
            }
        }
        guard walk.isExhausted else { return }
        warning(
            .typesIncomplete, Place(line: 1, column: 1),
            "the workflow has more expressions and ways than are looked at for their types; some faults may show only at run"
        )
    }

    /// Judges an expression of a file that is no workflow by what is known of its variables; what only may fail is no fault there.
    mutating func checkType(of use: ExpressionUse, in types: [String: ValueType]) {
        let expression = use.formula.expression
        guard !expression.references.isEmpty, let tree = ExpressionTree(expression) else { return }
        for fault in tree.types(in: types).faults where fault.isCertain { tell(fault, use, .step) }
    }

    private mutating func tell(_ fault: TypeFault, _ use: ExpressionUse, _ role: TypeWalk.Role) {
        let place = use.place(ofByte: fault.offset)
        let certain = fault.isCertain
        switch fault.kind {
        case .noMember(let owner, let name, let known):
            let hint = Spelling.hint(for: name, among: known)
            told(.unknownField, place, "\(named(owner)) has no field '\(name)'\(hint)", certain, role)
        case .memberless(let owner, let kinds, let name):
            let text =
                certain
                ? "\(named(owner)) is \(kinds.article) and has no field '\(name)'"
                : "\(named(owner)) can be \(kinds.article), which has no field '\(name)'"
            told(.unknownField, place, text, certain, role)
        case .missing(let path, let text): missing(path, text, place, certain, role)
        case .null(let path, let text): null(path, text, place, role)
        case .operands(let text):
            told(.wrongOperands, place, certain ? text : "this fails in some sagas: \(text)", certain, role)
        case .neverEqual(let text): warning(.neverEqual, place, text)
        case .form(let text, let form, let wanted):
            told(
                .notATime, place, "'\(wanted)' cannot read \(text), which is \(form.noun)\(cure(text, form, wanted))",
                certain, role)
        }
    }

    private mutating func missing(
        _ path: [String], _ text: String, _ place: Place, _ certain: Bool, _ role: TypeWalk.Role
    ) {
        guard !text.hasPrefix(".") else {
            return told(
                .optionalMember, place, "member '\(text.dropFirst())' is optional, and this fails where it is missing",
                certain,
                role)
        }
        let cure = "test it with 'has(\(text))'"
        guard path.first == "vars", path.count == 2 else {
            return told(
                .optionalMember, place, "'\(text)' is optional, and this fails where it is missing; \(cure)", certain,
                role)
        }
        let reason =
            certain
            ? "no way that leads here sets '\(text)' before" : "'\(text)' is not set on every way that leads here"
        told(.unsetVariable, place, "\(reason); set it earlier, or \(cure)", certain, role)
    }

    private mutating func null(_ path: [String], _ text: String, _ place: Place, _ role: TypeWalk.Role) {
        if path == ["result"], case .undo(let call) = role {
            return told(
                .unknownResult, place,
                "'result' is null when the outcome of '\(call)' is not known, and then this undo fails; "
                    + "write 'result == null ? … : …', or undo it by 'request'", false, role)
        }
        let cure = text.isEmpty ? "" : "; test it with '\(text) != null'"
        told(.nullValue, place, "\(named(text)) can be null, and then this fails\(cure)", false, role)
    }

    private func named(_ text: String) -> String { text.isEmpty ? "this value" : "'\(text)'" }

    private mutating func unwanted(
        _ type: ValueType, _ path: [String]?, _ use: ExpressionUse, _ role: TypeWalk.Role
    ) {
        guard let wanted = use.expected.kinds else { return }
        let rest = type.isAny ? .null : type.kinds.subtracting(wanted)
        let certain = type.kinds.isDisjoint(with: wanted)
        let place = use.formula.place
        let what = "\(use.expected == .bool ? "'when'" : use.site.place) must be \(use.expected.article)"
        guard use.expected == .time, rest == .string else {
            return told(.wrongKind, place, "\(what), \(certain ? "is" : "can be") \(rest.article)", certain, role)
        }
        let text = path?.joined(separator: ".")
        let kept = path?.first == "vars" ? " (what is kept in 'vars' is JSON)" : ""
        let form = type.form ?? .dateTime
        let write = cure(text.map { "'\($0)'" } ?? "'…'", form, form == .duration ? "duration" : "timestamp")
        told(
            .notATime, place,
            "\(what), \(certain ? "and" : "and in some sagas") \(text.map { "'\($0)'" } ?? "this") is a text\(kept)\(write)",
            certain, role)
    }

    /// What to write instead; `text` is in quotes.
    private func cure(_ text: String, _ form: ValueType.Form, _ wanted: String) -> String {
        let bare = text.hasPrefix("'") ? String(text.dropFirst().dropLast()) : text
        switch (form, wanted) {
        case (.date, "timestamp"): return "; write 'timestamp(\(bare) + \"T00:00:00Z\")'"
        case (.dateTime, "timestamp"): return "; write 'timestamp(\(bare))'"
        case (.duration, "duration"): return "; write 'duration(\(bare))'"
        default: return ""
        }
    }

    /// Where a failure only shows, and hinders nothing, what may fail is no more than a warning.
    private mutating func told(
        _ code: Diagnostic.Code, _ place: Place, _ text: String, _ certain: Bool, _ role: TypeWalk.Role
    ) {
        switch role {
        case .attribute where !certain: return
        case .cell(let view) where !certain || code == .unsetVariable:
            warning(.cellMayFail, place, "this cell of view '\(view)' shows 'failed' in some sagas: \(text)")
        default: certain ? error(code, place, text) : warning(code, place, text)
        }
    }
}

extension ExpressionUse.Expected {
    fileprivate var article: String {
        switch self {
        case .any: "a value"
        case .bool: "a boolean"
        case .time: "a time stamp or a duration"
        case .plain: "a text, a number or a boolean"
        }
    }
}

extension ValueType.Form {
    fileprivate var noun: String {
        switch self {
        case .date: "a date"
        case .time: "a time of day"
        case .dateTime: "a date with its time"
        case .duration: "a duration"
        }
    }
}

extension ValueType.Kinds {
    fileprivate var article: String {
        list.map { kind in
            switch kind {
            case .null: "null"
            case .int: "an int"
            case .timestamp: "a time stamp"
            default: "a \(kind.name)"
            }
        }.joined(separator: " or ")
    }
}
