import ControlAPI
import HTTPTypes
import Hummingbird
import Identity

extension Gateway {
    /// The one table of routes. A GET answers HEAD too.
    var routes: [GatewayRoute] {
        [
            GatewayRoute(.get, "/", .enter, index),
            GatewayRoute(.get, "/actuator/health", .enter, health),
            GatewayRoute(.get, "/sign-in", .enter, whoAmI),
            GatewayRoute(.post, "/sign-in", .enter, signIn),
            GatewayRoute(.post, "/sign-out", .enter, signOut),
            GatewayRoute(.post, "/orders", .book, placeOrder),
            GatewayRoute(.get, "/orders", .seeOwn, listOrders),
            GatewayRoute(.get, "/orders/{number}", .named, showOrder),
            GatewayRoute(.patch, "/orders/{number}", .named, patchOrder),
            GatewayRoute(.delete, "/orders/{number}", .named, deleteOrder),
            GatewayRoute(.get, "/bookings/{number}", .named, openBooking),
            GatewayRoute(.post, "/confirmations", .decide, confirm),
            GatewayRoute(.get, "/mypages", .seeAll, myPages),
            GatewayRoute(.get, "/hotelViews", .seeAll, hotelViews),
            GatewayRoute(.get, "/paymentHistories", .seeAll, list(.payments)),
            GatewayRoute(.get, "/reservations", .seeAll, list(.reservations)),
            GatewayRoute(.get, "/cancellations", .seeAll, list(.cancellations)),
            GatewayRoute(.get, "/metrics", .named, relay),
            GatewayRoute(.get, "/api/**", .named, relay),
            GatewayRoute(.post, "/api/**", .named, relay),
            GatewayRoute(.put, "/api/**", .named, relay),
            GatewayRoute(.delete, "/api/**", .named, relay),
        ]
    }
}
