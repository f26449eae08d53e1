import ControlAPI
import HTTPTypes
import Hummingbird

extension Gateway {
    /// The one table of routes. A GET answers HEAD too.
    var routes: [GatewayRoute] {
        let readers = Role.allCases
        return [
            GatewayRoute(.get, "/", .everybody, index),
            GatewayRoute(.get, "/actuator/health", .everybody, health),
            GatewayRoute(.post, "/orders", .everybody, placeOrder),
            GatewayRoute(.get, "/orders", .roles(readers), listOrders),
            GatewayRoute(.get, "/orders/{number}", .holder(or: readers), showOrder),
            GatewayRoute(.patch, "/orders/{number}", .holder(or: [.starter, .operator]), patchOrder),
            GatewayRoute(.delete, "/orders/{number}", .holder(or: [.starter, .operator]), deleteOrder),
            GatewayRoute(.get, "/bookings/{number}", .holder(or: readers), openBooking),
            GatewayRoute(.post, "/confirmations", .roles([.signaller, .operator]), confirm),
            GatewayRoute(.get, "/mypages", .roles(readers), myPages),
            GatewayRoute(.get, "/hotelViews", .roles(readers), hotelViews),
            GatewayRoute(.get, "/paymentHistories", .roles(readers), list(.payments)),
            GatewayRoute(.get, "/reservations", .roles(readers), list(.reservations)),
            GatewayRoute(.get, "/cancellations", .roles(readers), list(.cancellations)),
            GatewayRoute(.get, "/metrics", .control, relay),
            GatewayRoute(.get, "/api/**", .control, relay),
            GatewayRoute(.post, "/api/**", .control, relay),
        ]
    }
}
