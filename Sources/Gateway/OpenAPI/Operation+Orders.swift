import CEL
import ControlAPI
import Identity

/// Orders, and what is done to them.
extension Operation {
    private static let link = Link(argument: "$response.body#/number", prefix: "/orders/{number}")
    private static let order = Schema.of(OrderSchema.order)
    private static let outcome: [Response] = [
        .hal(200, OrderSchema.outcome, "What it came to."),
        .hal(202, OrderSchema.outcome, "It is under way: the order as it is now."),
    ]

    static let placeOrder = Operation(
        "placeOrder", "Orders a room; it is durable when it is answered.", [.repetition],
        body: ObjectSchema("OrderBody", OrderRequest.fields),
        [
            .hal(200, OrderSchema.order, "The order that the key names already.", [location], link),
            .hal(201, OrderSchema.order, "The order, with the link of its guest.", [location], link),
        ]
    ).sent().asking((.sagas, "POST"), (.sagas, "GET"), (.saga, "GET"))

    static let listOrders = Operation(
        "listOrders", "Orders, the newest first; of a guest those that the browser keeps.",
        [
            .size, .after, Parameter("status", .query, .text, "Only orders in this state."),
            Parameter("name", .query, .text, "Only those of this guest."),
        ],
        [.hal(200, OrderSchema.list, "A page of orders.")]
    ).asking((.sagas, "GET"))

    static let showOrder = Operation(
        "showOrder", "One order.", [.language], [.hal(200, OrderSchema.order, "The order.")]
    ).asked(ofOrder: .see(order: 0)).asking((.saga, "GET"), (.sagas, "GET"))

    static let patchOrder = Operation(
        "changeOrder", "Cancels an order; nothing else changes one.", [.language],
        body: ObjectSchema(
            "OrderChange",
            [
                .always("status", Schema.text(like: "[Cc][Aa][Nn][Cc][Ee][Ll]").said("Whatever speaks of cancelling."))
            ]), outcome
    ).sent().asked(ofOrder: .cancel(order: 0)).asking((.saga, "GET"), (.sagas, "GET"), (.cancel, "POST"))

    static let deleteOrder = Operation(
        "cancelOrder", "Cancels an order; what has happened is undone, and not deleted.", [.language], outcome
    ).asked(ofOrder: .cancel(order: 0)).asking((.saga, "GET"), (.sagas, "GET"), (.cancel, "POST"))

    static let openBooking = Operation(
        "openBooking", "The link of an order's guest; a browser keeps its code.", [.language],
        [
            Response(200, "The order, or its page.", [.hal(OrderSchema.order), .page]),
            .elsewhere("To the page without the code in its address."),
        ]
    ).asked(ofOrder: .see(order: 0)).asking((.saga, "GET"), (.sagas, "GET"), (.history, "GET"))

    static let confirm = Operation(
        "decideOrder", "The hotel's word for an order.", [.repetition],
        body: ObjectSchema(
            "Decision",
            [
                .always("orderid", number.said("The number of the order.")),
                .always("status", .word(["Confirmed", "Confirmation Cancel"])),
            ]), outcome
    ).sent().asking((.signal, "POST"), (.saga, "GET"))

    private static let number = Schema.one(of: [.integer(from: 1), .text(like: "^[0-9]+$")])
}

extension OrderRequest {
    /// The members of the body. That of a form is a text, whatever it is; `null` is nothing.
    static let fields: [ObjectSchema.Field] = [
        .always("name", .one(of: [.text(from: 1, to: 100), .integer(from: Int.min)])),
        .always("cardNo", .one(of: [.text(from: 1, to: 32), .integer(from: Int.min)])),
        .maybe(
            "status",
            .one(of: [.text, .integer(from: Int.min), .null]).said("What old clients send; it is what becomes of it.")),
        .maybe("room", .one(of: [.text(from: 1, to: 40), .integer(from: Int.min), .null]).said("101, unless told.")),
        .maybe("checkIn", Schema.day.orNull.said("The first day from tomorrow on that is free, unless told.")),
        .maybe(
            "nights",
            .one(of: [.integer(from: 1, to: 60), .text(like: "^([1-9]|[1-5][0-9]|60)$"), .null]).said("1, unless told.")
        ),
        .maybe(
            "amount",
            .one(of: [.integer(from: 0, to: Int(amountMax)), .text(like: "^[0-9]{1,12}$"), .null])
                .said("Minor units; the price of the nights, unless told.")),
    ]
}

/// What orders are as JSON.
enum OrderSchema {
    private static let members: [ObjectSchema.Field] = [
        .always("number", .integer(from: 1)), .maybe("name", .text), .always("status", .text), .maybe("room", .text),
        .maybe("cancel", .text), .always("orderedAt", .time), .always("updatedAt", .time),
    ]
    private static let more: [ObjectSchema.Field] = [
        .maybe("cardNo", .text), .maybe("checkIn", .text), .maybe("nights", shown), .maybe("amount", shown),
    ]
    /// A number that is the card's too is not shown.
    private static let shown = Schema.one(of: [.count, .exactly("***")])
    private static let links = HAL.links(of: "Order", ["self", "orders", "saga"], maybe: ["booking"])

    /// A whole one.
    static let order = ObjectSchema("Order", members + more + [links])
    /// One of a list, which has not all of it.
    static let item = ObjectSchema("OrderItem", members + [links])
    /// With what a command came to.
    static let outcome = ObjectSchema("OrderOutcome", members + more + [.always("answer", .text), links])
    static let list = HAL.page(of: "orders", item)
}
