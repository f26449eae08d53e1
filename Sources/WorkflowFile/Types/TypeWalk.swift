import CEL
import SagaCore

/// Walks along every way of a workflow with what is known of its values: of `vars` on entering each state, and from there of every
/// expression.
struct TypeWalk {
    /// A fault of one expression.
    struct Finding {
        var formula: Formula
        var what: What
        var role: Role

        enum What {
            case fault(TypeFault)
            /// The whole value is of kinds that are not wanted.
            case unwanted(ValueType, path: [String]?)
        }
    }

    /// What an expression is for, as far as that matters for what its failure means.
    enum Role {
        /// Its failure makes the saga stuck, or refuses its start.
        case step
        /// Of `compensate.with`; the name of the call whose outcome may be unknown.
        case undo(call: String)
        /// Its failure shows in a cell of that view.
        case cell(view: String)
        /// Its failure leaves the attribute out.
        case attribute
    }

    let workflow: Workflow
    let names: [String]
    private let input: ValueType
    private let saga: ValueType
    private var trees: [Place: ExpressionTree] = [:]
    /// On entering each state.
    private(set) var entries: [String: Known] = [:]
    /// Wherever a saga can be looked at.
    private(set) var anywhere: Known?
    private(set) var findings: [Finding] = []
    /// What every call is sent.
    private(set) var requests: [RequestType] = []
    private var isTelling = false
    private(set) var work = 0

    /// Steps of one file; far more than a workflow takes that people write.
    static let workMax = 400_000

    var isExhausted: Bool { work >= Self.workMax }

    init(_ workflow: Workflow, names: [String]) {
        self.workflow = workflow
        self.names = names
        input = .of(workflow.input)
        let states = Set(workflow.states.map(\.name))
        saga = .facts(
            ["id", "key", "workflow", "version"].map { ($0, ValueType.of(.string)) } + [
                ("state", ValueType(.string, texts: states)),
                ("status", ValueType(.string, texts: Set(Status.allCases.map(\.name)))),
                ("startedAt", .of(.timestamp)), ("serial", .of(.int)),
            ])
    }

    mutating func spend(_ steps: Int) { work += steps }

    /// Goes from state to state until nothing new is known of any.
    mutating func follow() {
        reach(workflow.initial, Known(start: names))
        var open = [workflow.initial]
        while let name = open.popLast(), !isExhausted {
            guard let state = workflow.state(name), let entry = entries[name] else { continue }
            for way in ways(of: state, from: entry) {
                guard let to = way.to, reach(to, way.known), !open.contains(to) else { continue }
                open.append(to)
            }
        }
        if isExhausted { (entries, anywhere) = ([:], .unknown) }
    }

    /// Judges every expression by what is known where it stands.
    mutating func judge() {
        isTelling = true
        for state in workflow.states { _ = ways(of: state, from: entries[state.name] ?? .unknown) }
        let start = Known(start: names)
        if let key = workflow.key { _ = type(of: key, scope(start), wanting: .plain) }
        if case .at(let due)? = workflow.deadline?.after { _ = type(of: due, scope(start), wanting: .time) }
        let here = scope(anywhere ?? .unknown)
        for attribute in workflow.attributes { _ = type(of: attribute.value, here, .attribute, wanting: .plain) }
        for view in workflow.views {
            _ = type(of: view.key, here, .cell(view: view.name), wanting: .plain)
            _ = type(of: view.row, here, .cell(view: view.name))
        }
    }

    /// Whether that was new.
    @discardableResult
    private mutating func reach(_ name: String, _ known: Known) -> Bool {
        spend(known.count)
        let before = entries[name]
        let after = before?.or(known) ?? known
        guard after != before else { return false }
        entries[name] = after
        return true
    }

    /// A saga can be looked at with that.
    mutating func note(_ known: Known) {
        guard !isTelling else { return }
        anywhere = anywhere?.or(known) ?? known
    }

    /// A call is sent that.
    mutating func noteRequest(_ type: ValueType, of call: Operation, _ state: State) {
        guard isTelling else { return }
        requests.append(RequestType(state: state.name, place: state.place, call: call, type: type))
    }

    /// Without telling anybody.
    mutating func silently<T>(_ work: (inout TypeWalk) -> T) -> T {
        let before = isTelling
        isTelling = false
        defer { isTelling = before }
        return work(&self)
    }

    // MARK: Expressions

    /// The variables of an expression, and what is known of them.
    struct Scope {
        var types: [String: ValueType]
        var facts: TypeFacts
    }

    func scope(_ known: Known, _ more: [String: ValueType] = [:]) -> Scope {
        let types = ["input": input, "vars": known.type, "saga": saga, "now": ValueType.of(.timestamp)]
        return Scope(types: types.merging(more) { $1 }, facts: known.facts)
    }

    mutating func type(
        of template: Template, _ scope: Scope, _ role: Role = .step, wanting: ExpressionUse.Expected = .any
    ) -> ValueType {
        switch template {
        case .literal(let value): return ValueType(of: value)
        case .formula(let formula): return type(of: formula, scope, role, wanting: wanting)
        case .text(let pieces):
            for case .formula(let formula) in pieces { _ = type(of: formula, scope, role) }
            return .of(.string)
        case .list(let items):
            let types = items.map { type(of: $0, scope, role) }
            return ValueType(.list, items: types.isEmpty ? nil : .union(types))
        case .map(let members):
            var known = ValueType.Members()
            for member in members { known.byName[member.name] = .init(type(of: member.value, scope, role)) }
            return ValueType(.map, members: known)
        }
    }

    mutating func type(
        of formula: Formula, _ scope: Scope, _ role: Role = .step, wanting: ExpressionUse.Expected = .any
    ) -> ValueType {
        report(on: formula, scope, role, wanting: wanting)?.type ?? .any
    }

    /// Everything that the types of an expression come to; `nil` when the budget is used up.
    mutating func report(
        on formula: Formula, _ scope: Scope, _ role: Role = .step, wanting: ExpressionUse.Expected
    ) -> TypeReport? {
        guard !isExhausted, let tree = tree(of: formula) else { return nil }
        let report = tree.types(in: scope.types, knowing: scope.facts)
        spend(report.work)
        guard isTelling else { return report }
        // What reads no variable is evaluated when the file is read, which tells more.
        let faults = formula.expression.references.isEmpty ? [] : report.faults
        for fault in faults { findings.append(Finding(formula: formula, what: .fault(fault), role: role)) }
        if let kinds = wanting.kinds, !report.type.isAny || report.type.isNullKnown,
            !kinds.isSuperset(of: report.type.kinds)
        {
            findings.append(
                Finding(formula: formula, what: .unwanted(report.type, path: report.path), role: role))
        }
        return report
    }

    private mutating func tree(of formula: Formula) -> ExpressionTree? {
        if let known = trees[formula.place] { return known }
        let tree = ExpressionTree(formula.expression)
        spend(formula.expression.source.utf8.count / 8)
        trees[formula.place] = tree
        return tree
    }
}

extension ExpressionUse.Expected {
    /// The kinds that fit; `nil`: all.
    var kinds: ValueType.Kinds? {
        switch self {
        case .any: nil
        case .bool: .bool
        case .time: [.timestamp, .duration]
        case .plain: ValueType.Kinds.all.subtracting([.list, .map])
        }
    }
}
