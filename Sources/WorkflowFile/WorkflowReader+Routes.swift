import CEL
import SagaCore

extension WorkflowReader {
    /// A state's name, `{ when, set, to }`, or a list of them; of a signal also `stay` and `{ when, set, stay: true }`.
    mutating func routes(
        _ node: YAMLNode, _ what: String, _ scope: Site, keys: [String] = Keys.route
    ) -> [Route] {
        let items = routeNodes(node, what)
        let routes = items.compactMap { route($0, what, scope, keys: keys)?.route }
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
        let mayStay = keys.contains("stay")
        guard node.entries != nil else {
            if mayStay, node.scalar?.text == "stay" { return RefusedRoute(route: Route(to: nil, place: node.place)) }
            return target(node, what).map { RefusedRoute(route: Route(to: $0, place: node.place)) }
        }
        guard let fields = fields(node, "a route of \(what)", keys: keys, required: mayStay ? [] : ["to"]) else {
            return nil
        }
        let when = fields["when"].flatMap { condition($0, scope) }
        let set = fields["set"].map { assignments($0, scope) } ?? []
        let code = fields["code"].flatMap { text($0, "'code'") }
        if mayStay, let stay = fields["stay"] {
            guard stays(stay, fields, what) else { return nil }
            return RefusedRoute(code: code, route: Route(when: when, set: set, to: nil, place: fields.place))
        }
        guard let to = fields["to"] else {
            if mayStay { error(.missingKey, node.place, "a route of \(what) has no 'to', nor 'stay: true'") }
            isGraphIncomplete = true
            return nil
        }
        guard let name = target(to, "'to'") else { return nil }
        return RefusedRoute(code: code, route: Route(when: when, set: set, to: name, place: fields.place))
    }

    /// Whether a route says `stay: true` and nothing that contradicts it.
    private mutating func stays(_ node: YAMLNode, _ fields: Fields, _ what: String) -> Bool {
        if fields["to"] != nil {
            error(
                .keyNeedsAnother, fields.keyPlace("stay"),
                "a route of \(what) has 'to' and 'stay'; a saga goes there or it stays")
        } else if flag(node, "'stay'") == false {
            error(.unknownChoice, node.place, "'stay' must be true; write 'to' where the saga leaves")
        } else if node.value == .bool(true) {
            return true
        }
        isGraphIncomplete = true
        return false
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
