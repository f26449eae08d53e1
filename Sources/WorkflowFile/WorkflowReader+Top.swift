import SagaCore

extension WorkflowReader {
    /// Reads the whole file; `nil` when it has errors.
    mutating func workflow(_ root: YAMLNode, digest: String) -> Workflow? {
        let required = ["workflow", "version", "initial", "states"]
        guard let top = fields(root, "the workflow", keys: Keys.workflow, required: required) else { return nil }
        let name = top["workflow"].flatMap { text($0, "'workflow'") } ?? ""
        if let node = top["workflow"], !name.isEmpty { _ = checkName(name, node.place, .workflow) }
        let version = top["version"].flatMap { self.version($0) } ?? ""
        let summary = top["summary"].flatMap { text($0, "'summary'") } ?? ""
        let schema = top["input"].flatMap { inputSchema($0, "'input'") }
        let key = top["key"].flatMap { self.key($0) }
        let attributes = top["attributes"].map { self.attributes($0) } ?? []
        let initial = top["initial"].flatMap { target($0, "'initial'") } ?? ""
        let deadline = top["deadline"].flatMap { self.deadline($0) }
        let cancel = top["cancel"].flatMap { target($0, "'cancel'") }
        let defaults = self.defaults(top)
        let states = top["states"].map { self.states($0, defaults) } ?? []
        let views = top["views"].map { self.views($0) } ?? []
        checkExpressions(schema: schema)
        let workflow = Workflow(
            name: name, version: version, summary: summary, digest: digest, input: schema, key: key,
            attributes: attributes,
            initial: initial, states: states, views: views, deadline: deadline, cancelTarget: cancel)
        let checked = checkGraph(workflow, cancel: top["cancel"]?.place, states: top.keyPlace("states"))
        if judgesTypes { checkTypes(checked) }
        return hasErrors ? nil : checked
    }

    private mutating func version(_ node: YAMLNode) -> String? {
        guard let version = text(node, "'version'") else { return nil }
        guard !version.isEmpty, version.utf8.count <= 64,
            version.unicodeScalars.allSatisfy({ $0.value > 32 && $0.value != 127 })
        else {
            error(.badName, node.place, "'version' must have 1 to 64 characters and no blanks")
            return nil
        }
        return version
    }

    private mutating func key(_ node: YAMLNode) -> Template? {
        guard node.scalar != nil, !node.isNull else {
            error(.wrongType, node.place, "'key' must be a text, is \(node.article)")
            return nil
        }
        return template(node, Site(.start, "'key'"), expected: .plain, sink: .shown("the key"))
    }

    private mutating func attributes(_ node: YAMLNode) -> [Attribute] {
        (named(node, "'attributes'", .attribute) ?? []).map { entry in
            if entry.value.scalar == nil {
                error(
                    .wrongType, entry.value.place,
                    "attribute '\(entry.key)' must be a text or an expression, is \(entry.value.article)")
            }
            let scope = Site(.common, "an attribute")
            return Attribute(
                name: entry.key,
                value: template(entry.value, scope, expected: .plain, sink: .shown("attribute '\(entry.key)'")))
        }
    }

    private mutating func views(_ node: YAMLNode) -> [View] {
        (named(node, "'views'", .view) ?? []).compactMap { entry in
            let what = "view '\(entry.key)'"
            guard let view = fields(entry.value, what, keys: Keys.view, required: Keys.view) else { return nil }
            guard let key = view["key"], let row = view["row"] else { return nil }
            if key.scalar == nil || key.isNull {
                error(.wrongType, key.place, "'key' of \(what) must be a text, is \(key.article)")
            }
            if row.entries == nil { error(.wrongType, row.place, "'row' of \(what) must be a map, is \(row.article)") }
            let scope = Site(.common, "a view")
            return View(
                name: entry.key,
                key: template(key, Site(scope.names, "'key' of a view"), expected: .plain, sink: .shown(what)),
                row: template(row, scope, sink: .shown(what)))
        }
    }

    private mutating func deadline(_ node: YAMLNode) -> Deadline? {
        guard let fields = fields(node, "'deadline'", keys: Keys.deadline, required: Keys.deadline) else { return nil }
        let due = fields["after"].flatMap { self.due($0, Site(.start, "'deadline'")) }
        guard let to = fields["to"].flatMap({ target($0, "'to'") }) else { return nil }
        return Deadline(after: due ?? .after(milliseconds: 1), to: to)
    }

    /// What a workflow says for all its states.
    struct Defaults {
        var timeout: Int64 = Step.timeoutDefault
        var retry = RetryFields()
        var refused: [RefusedRoute] = []
        var unknown = Step.UnknownRule.redrive
    }

    private mutating func defaults(_ top: Fields) -> Defaults {
        var defaults = Defaults()
        if let node = top["refused"] { defaults.refused = refusedRoutes(node, "'refused'") }
        guard let node = top["defaults"], let fields = fields(node, "'defaults'", keys: Keys.defaults) else {
            return defaults
        }
        if let timeout = fields["timeout"].flatMap({ duration($0, "'timeout'") }) { defaults.timeout = timeout }
        if let retry = fields["retry"] { defaults.retry = retryFields(retry, over: RetryFields()) }
        if let unknown = fields["unknown"].flatMap({ unknownRule($0) }) { defaults.unknown = unknown }
        return defaults
    }
}
