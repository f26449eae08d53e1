import CEL
import SagaCore

extension WorkflowReader {
    /// The `answers:` of a step or of its compensation.
    mutating func answers(_ node: YAMLNode) -> [AnswerRule] {
        answerEntries(node, keys: Keys.answer).map(\.rule)
    }

    /// A list of `{ when, means, code, result }`; one that has a fault is left out. Where `keys` has it, `operation` narrows a rule to
    /// the answers of one operation.
    mutating func answerEntries(_ node: YAMLNode, keys: [String]) -> [(operation: String?, rule: AnswerRule)] {
        guard let items = node.items else {
            error(.wrongType, node.place, "'answers' must be a list of '{ when, means }', is \(shown(node))")
            return []
        }
        if items.isEmpty { error(.empty, node.place, "'answers' is an empty list") }
        if items.count > AnswerRule.countMax {
            error(.outOfRange, node.place, "'answers' has \(items.count) rules; the most is \(AnswerRule.countMax)")
        }
        return items.prefix(AnswerRule.countMax).compactMap { answer($0, keys) }
    }

    private mutating func answer(_ node: YAMLNode, _ keys: [String]) -> (operation: String?, rule: AnswerRule)? {
        guard let fields = fields(node, "a rule of 'answers'", keys: keys, required: ["when", "means"]) else {
            return nil
        }
        let names = AnswerRule.variables
        let when = fields["when"].flatMap { condition($0, Site(names, "'answers'")) }
        let word = fields["means"].flatMap { choice($0, "'means'", AnswerRule.Meaning.allCases.map(\.rawValue)) }
        let means = word.flatMap(AnswerRule.Meaning.init)
        let code = fields["code"].map { self.code($0, Site(names, "'code'")) }
        let result = fields["result"].map { template($0, Site(names, "'result'")) }
        let operation = fields["operation"].flatMap { self.operationName($0) }
        if code != nil, let means, means != .refused {
            error(.keyNeedsAnother, fields.keyPlace("code"), "'code' goes with 'means: refused'")
        }
        if result != nil, let means, means != .succeeded {
            error(.keyNeedsAnother, fields.keyPlace("result"), "'result' goes with 'means: succeeded'")
        }
        if let when { checkKind(of: when, "'when' must be a boolean") { $0 == .bool } }
        if case .formula(let formula)? = code {
            checkKind(of: formula, "'code' must be a text, a number or a boolean") { $0 != .list && $0 != .map }
        }
        guard let when, let means else { return nil }
        return (operation, AnswerRule(when: when, means: means, code: code, result: result))
    }

    /// Here and not with a workflow's types: rules stand in files that are no workflows too, and what they see has no declared type.
    private mutating func checkKind(of formula: Formula, _ rule: String, _ fits: (Kind) -> Bool) {
        guard let kind = formula.expression.resultKind, !fits(kind) else { return }
        let article = kind == .null ? "null" : kind == .int ? "an int" : "a \(kind.name)"
        error(.wrongKind, formula.place, "\(rule), is \(article)")
    }

    private mutating func code(_ node: YAMLNode, _ site: Site) -> Template {
        let isPlain = node.scalar.map { !$0.text.isEmpty && !node.isNull } ?? false
        if !isPlain { error(.wrongType, node.place, "'code' must be a text, is \(shown(node))") }
        return template(node, site, expected: .plain)
    }

    private mutating func operationName(_ node: YAMLNode) -> String? {
        guard let name = text(node, "'operation'") else { return nil }
        guard let operation = Operation("x.\(name)") else {
            error(
                .badCall, node.place,
                "'operation' is what stands behind the point of a call, as 'charge', is \(shown(node))")
            return nil
        }
        return operation.operation
    }

    /// `pending: { timeout, every | callback }`
    mutating func pending(_ node: YAMLNode) -> PendingRule {
        var rule = PendingRule()
        guard let fields = fields(node, "'pending'", keys: Keys.pending) else { return rule }
        if let timeout = fields["timeout"].flatMap({ duration($0, "'timeout'") }) { rule.timeout = timeout }
        rule.every = fields["every"].flatMap { duration($0, "'every'") }
        rule.isCalledBack = fields["callback"].flatMap { flag($0, "'callback'") } ?? false
        if rule.isCalledBack, rule.every != nil {
            error(
                .outOfRange, fields.keyPlace("every"),
                "'every' is how often the answer is asked for, and 'callback: true' says that it is brought: leave one out"
            )
        }
        if let every = rule.every, every > rule.timeout {
            error(
                .outOfRange, fields.keyPlace("every"),
                "'every' must be the 'timeout' of \(DurationText.text(rule.timeout)) or less, is \(DurationText.text(every))"
            )
        }
        return rule
    }
}
