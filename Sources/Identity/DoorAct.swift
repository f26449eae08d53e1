public import ControlAPI

/// What one may want at the gateway, as far as it matters who one is.
public enum DoorAct: Sendable, Hashable {
    /// Pages and files for all, signing in and out, health, the answer of a participant (whose token is its right).
    case enter
    /// A new order.
    case book
    /// One order, or all that came of it.
    case see(order: Int64)
    case cancel(order: Int64)
    /// The list of one's own orders.
    case seeOwn
    /// All orders, the desk, payments, reservations, views.
    case seeAll
    /// Confirm or reject an order; take a confirmation back.
    case decide
    /// The control API under `/api`.
    case control(Route, method: String)

    /// The roles that may; `nil` for what is asked of no role.
    package var roles: [Role]? {
        switch self {
        case .enter, .book, .seeOwn: nil
        case .see, .seeAll: Caller.grantable
        case .cancel: Route.cancel.roles(for: "POST")
        case .decide: Route.signal.roles(for: "POST")
        case .control(let route, let method):
            route.roles(for: method).isEmpty ? nil : route.roles(for: method).filter(Caller.grantable.contains)
        }
    }
}

/// The answer to who may what.
public enum Ruling: Sendable, Hashable {
    case allowed
    /// Somebody has to be there first: 401.
    case unauthorized
    /// It takes one of these roles: 403.
    case forbidden(needs: [Role])
    /// Another's order, and any that is not there: 404.
    case notFound
}

extension Caller {
    /// Whether one may. It is asked before an order is looked for, so that no answer tells which orders there are.
    public func ruling(_ act: DoorAct) -> Ruling {
        switch act {
        case .enter, .book: return .allowed
        case .see(let order), .cancel(let order): if orders.contains(order) { return .allowed }
        case .seeOwn: return self == .nobody ? .unauthorized : .allowed
        case .seeAll, .decide, .control: break
        }
        guard let needed = act.roles else { return .allowed }
        if self == .nobody { return .unauthorized }
        let had = user?.roles ?? []
        if !had.isDisjoint(with: needed) { return .allowed }
        if act.isOfOneOrder, had.isEmpty { return .notFound }
        return .forbidden(needs: needed)
    }

    /// - Throws: ``DoorRefusal`` when one may not.
    public func permit(_ act: DoorAct) throws(DoorRefusal) {
        switch ruling(act) {
        case .allowed: return
        case .unauthorized: throw .unauthorized("sign in, or open your order by the link that you were given")
        case .forbidden(let roles): throw .needs(roles)
        case .notFound: throw .noOrder
        }
    }
}

extension DoorAct {
    fileprivate var isOfOneOrder: Bool {
        switch self {
        case .see, .cancel: true
        default: false
        }
    }
}
