import SagaCore

extension WorkflowReader {
    /// A state's name, `{ when, set, to }`, or a list of them.
    mutating func routes(_ node: YAMLNode, _ what: String, _ scope: Site) -> [Route] {
        let items = routeNodes(node, what)
        let routes = items.compactMap { route($0, what, scope, keys: Keys.route)?.route }
        if let dead = deadRoute(routes.map { (isOpen: $0.when == nil, place: $0.place) }) {
            error(.routeNeverTaken, dead, "this route is never taken: the one before it has no 'when'")
        }
        return routes
    }

    /// As ``routes(_:_:_:)``, with `code` as well.
    mutating func refusedRoutes(_ node: YAMLNode, _ what: String) -> [RefusedRoute] {
        let scope = Site(.refused, "'refused'")
        let routes = routeNodes(node, what).compactMap { route($0, what, scope, keys: Keys.refusedRoute) }
        if let dead = deadRoute(routes.map { (isOpen: $0.code == nil && $0.route.when == nil, place: $0.route.place) })
        {
            error(.routeNeverTaken, dead, "this route is never taken: the one before it has neither 'code' nor 'when'")
        }
        return routes
    }

    private mutating func routeNodes(_ node: YAMLNode, _ what: String) -> [YAMLNode] {
        guard let items = node.items else { return [node] }
        if items.isEmpty {
            error(.empty, node.place, "\(what) is an empty list")
            isGraphIncomplete = true
        }
        return items
    }

    private func deadRoute(_ routes: [(isOpen: Bool, place: Place)]) -> Place? {
        guard let open = routes.firstIndex(where: \.isOpen), open + 1 < routes.count else { return nil }
        return routes[open + 1].place
    }

    private mutating func route(_ node: YAMLNode, _ what: String, _ scope: Site, keys: [String]) -> RefusedRoute? {
        guard node.entries != nil else {
            return target(node, what).map { RefusedRoute(route: Route(to: $0, place: node.place)) }
        }
        guard let fields = fields(node, "a route of \(what)", keys: keys, required: ["to"]) else { return nil }
        let when = fields["when"].flatMap { condition($0, scope) }
        let set = fields["set"].map { assignments($0, scope) } ?? []
        let code = fields["code"].flatMap { text($0, "'code'") }
        guard let to = fields["to"] else {
            isGraphIncomplete = true
            return nil
        }
        guard let name = target(to, "'to'") else { return nil }
        return RefusedRoute(code: code, route: Route(when: when, set: set, to: name, place: fields.place))
    }

    mutating func assignments(_ node: YAMLNode, _ scope: Site) -> [Assignment] {
        (named(node, "'set'", .variable) ?? []).map { entry in
            vars.append(entry.key)
            let value = template(entry.value, scope, sink: .variable(entry.key))
            checkMoney(entry, value)
            return Assignment(name: entry.key, value: value)
        }
    }
}
