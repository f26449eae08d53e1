public import ControlAPI

/// Who asks, as far as it was proven.
public struct Caller: Sendable, Hashable {
    /// Somebody with a name.
    public struct User: Sendable, Hashable {
        /// Unique for each way of proof only: who names users names them all.
        public let name: CallerName
        /// None for somebody who is known and may nothing.
        public let roles: Set<Role>
        /// How it was proven.
        public let proof: Proof
    }

    /// How a user was proven.
    public enum Proof: String, Sendable, Hashable, CaseIterable {
        /// An opaque token.
        case token
        /// A signed one of an issuer.
        case jwt
        /// The word of a proxy that the configuration names.
        case proxy
        /// A cookie that one of the others gave.
        case session
        /// Nobody was asked.
        case open
    }

    /// `nil` for a guest and for nobody.
    public let user: User?
    /// The orders whose link was shown, newest first; a user may have some too.
    public let orders: [Int64]

    init(user: User? = nil, orders: [Int64] = []) {
        self.user = user
        self.orders = orders
    }

    /// Nobody: without a name and without an order.
    public static let nobody = Caller()

    /// The same without what came of links: what is left are roles.
    public var withoutOrders: Caller { Caller(user: user) }

    /// Has an order's link, and no name.
    public var isGuest: Bool { user == nil && !orders.isEmpty }

    /// For `Saga-On-Behalf-Of`: `user:ada`, `guest:17`, `guest:new` for who books the first time. Visible ASCII, 128 bytes at most,
    /// which is what the daemon takes.
    /// - Parameter order: that is spoken of; else a guest's newest.
    public func front(for order: Int64? = nil) -> String {
        if let user { return "user:" + user.name.headerText }
        let held = order.flatMap { orders.contains($0) ? $0 : nil } ?? orders.first
        return held.map { "guest:\($0)" } ?? "guest:new"
    }

    /// What people are given. No one is given the gateway's own role, which speaks for others.
    public static let grantable: [Role] = [.viewer, .starter, .signaller, .operator]

    static func role(named name: String) -> Role? { grantable.first { $0.rawValue == name } }
    static var roleNames: String { grantable.map(\.rawValue).joined(separator: ", ") }
}
