import CEL
import ControlAPI

/// An order as its clients know it: a saga by the number that people call it by.
extension Gateway {
    /// Where it stands: what a guest is told is the state that it is in, but while things are undone it is that.
    static func status(state: String, status: String) -> String {
        ["cancelling", "compensating"].contains(status) ? status : state
    }

    /// - Parameter code: adds the guest's link.
    func order(_ saga: SagaResource, code: String? = nil) -> HAL {
        let number = saga.serial ?? 0
        var order = HAL([
            ("number", .int(Int64(number))), ("name", saga.input["name"]), ("cardNo", saga.input["cardNo"]),
            ("status", .string(Self.status(state: saga.state, status: saga.status))), ("room", saga.input["room"]),
            ("checkIn", saga.input["checkIn"]), ("nights", saga.input["nights"]), ("amount", saga.input["amount"]),
            ("cancel", saga.cancel.map { .string($0) }), ("orderedAt", .string(saga.startedAt)),
            ("updatedAt", .string(saga.updatedAt)),
        ])
        link(&order, number: number, saga: saga.id)
        if let code { order.link("booking", url("/bookings/\(number)?code=\(code)")) }
        return order
    }

    /// An order of a list, which has not all of it.
    func order(_ saga: SagaListItem) -> HAL {
        let number = saga.serial ?? 0
        var order = HAL([
            ("number", .int(Int64(number))), ("name", saga.attributes["guest"]),
            ("status", .string(Self.status(state: saga.state, status: saga.status))),
            ("room", saga.attributes["room"]), ("cancel", saga.cancel.map { .string($0) }),
            ("orderedAt", .string(saga.startedAt)), ("updatedAt", .string(saga.updatedAt)),
        ])
        link(&order, number: number, saga: saga.id)
        return order
    }

    private func link(_ order: inout HAL, number: Int, saga: String) {
        order.link("self", url("/orders/\(number)"))
        order.link("orders", url("/orders"))
        order.link("saga", url("/api/v1/sagas/\(saga)"))
    }
}
