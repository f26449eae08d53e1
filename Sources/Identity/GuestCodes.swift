internal import CEL

/// What a guest holds instead of an account: the code in the link of an order, and a signed cookie of the orders whose link was opened.
public struct GuestCodes: Sendable {
    /// Orders that a cookie remembers; the oldest is forgotten, and its link still works.
    public static let ordersMax = 50
    /// Seconds for which a cookie is good.
    public static let lifetime: Int64 = 90 * 86_400

    private let keys: SigningKeys

    /// Codes under these keys.
    public init(keys: SigningKeys) { self.keys = keys }

    /// An order, as the gateway found it.
    public struct Order: Sendable, Hashable {
        public var workflow: String
        /// The saga's whole id.
        public var saga: String

        /// What a code is made of.
        public init(workflow: String, saga: String) {
            self.workflow = workflow
            self.saga = saga
        }
    }

    private static let length = 16

    /// Of the order's link: 128 bits, 22 letters.
    public func code(of order: Order) -> String {
        keys.code(.order, [Array(order.workflow.utf8), Array(order.saga.utf8)], length: Self.length)
    }

    /// Whether `code` is the order's.
    /// - Parameter order: `nil` for a number that no order has; it takes the same work, so that time does not tell which numbers there are.
    public func proves(_ code: String, _ order: Order?) -> Bool {
        let asked = order ?? Order(workflow: "none", saga: "00000000-0000-7000-8000-000000000000")
        let fits = keys.proves(
            code, .order, [Array(asked.workflow.utf8), Array(asked.saga.utf8)], length: Self.length)
        return fits && order != nil
    }

    /// The text of a cookie for `held` and one more, newest first.
    func cookie(adding order: HeldOrder, to held: [HeldOrder], now: Int64) -> String {
        let all = ([order] + held.filter { $0.number != order.number }).prefix(Self.ordersMax)
        let body: Value = .map(
            MapValue([
                ("o", .list(all.map { .list([.int($0.number), .string($0.code)]) })), ("e", .int(now + Self.lifetime)),
            ]))
        return keys.signed(JSON.bytes(body), .orders)
    }

    /// What a cookie holds; `nil` for one that was not made here, or was changed.
    func orders(of cookie: String, now: Int64) -> [HeldOrder]? {
        guard let body = keys.body(of: cookie, .orders, bytesMax: 4 << 10), let json = try? JSON.parse(body),
            let list = json["o"]?.listValue, list.count <= Self.ordersMax, let expires = json["e"]?.intValue
        else { return nil }
        guard now < expires else { return [] }
        return list.compactMap { item in
            guard let parts = item.listValue, parts.count == 2, let number = parts[0].intValue,
                let code = parts[1].stringValue
            else { return nil }
            return HeldOrder(number: number, code: code)
        }
    }
}

/// An order whose link a browser has opened. The code stands beside the number, as a number may be given a second time where a daemon was
/// restored: who held the old order does not hold the new one.
struct HeldOrder: Sendable, Hashable {
    var number: Int64
    var code: String
}
