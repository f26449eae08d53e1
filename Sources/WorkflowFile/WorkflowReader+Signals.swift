import SagaCore

extension WorkflowReader {
    /// Of each signal its routes, `stay`, `defer` or `refuse`, or `{ data: SCHEMA, then: those }`.
    mutating func signals(_ node: YAMLNode) -> [SignalRule] {
        (named(node, "'signals'", .signal) ?? []).map { entry in
            let what = "signal '\(entry.key)'"
            guard entry.value.entries?.contains(where: { Keys.signal.contains($0.key) }) == true else {
                return SignalRule(name: entry.key, action: action(entry.value, what))
            }
            guard let fields = fields(entry.value, what, keys: Keys.signal, required: ["then"]) else {
                isGraphIncomplete = true
                return SignalRule(name: entry.key, action: .refuse)
            }
            let data = fields["data"].flatMap { self.data($0, what) }
            guard let then = fields["then"] else {
                isGraphIncomplete = true
                return SignalRule(name: entry.key, action: .refuse, data: data)
            }
            let action = action(then, what)
            if action == .refuse, fields["data"] != nil {
                error(
                    .routeNeverTaken, fields.keyPlace("data"),
                    "\(what) is refused whatever it says: its 'data' is never looked at")
            }
            return SignalRule(name: entry.key, action: action, data: data)
        }
    }

    private mutating func action(_ node: YAMLNode, _ what: String) -> SignalRule.Action {
        switch node.scalar?.text {
        case "defer": return .defer
        case "refuse": return .refuse
        case "stay": return .routes([Route(to: nil, place: node.place)])
        default:
            return .routes(routes(node, what, Site(.signal, "'signals'"), keys: Keys.signalRoute))
        }
    }

    private mutating func data(_ node: YAMLNode, _ what: String) -> InputSchema? {
        let schema = inputSchema(node, "'data' of \(what)")
        if let secret = schema?.secretPaths.first {
            let name = (["signal.data"] + secret).joined(separator: ".")
            error(
                .secretShown, node.place,
                "secret '\(name)' would be shown: what a signal says is kept and shown with the saga; a secret comes with "
                    + "the input of its start")
        }
        return schema
    }
}
