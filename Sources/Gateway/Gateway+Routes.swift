import ControlAPI
import HTTPTypes
import Hummingbird
import Identity
import NIOCore
import Pages

extension Gateway {
    /// The one table of routes. A GET answers HEAD too.
    var routes: [GatewayRoute] { resources + pages + files }

    private var resources: [GatewayRoute] {
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
            GatewayRoute(.post, "/callbacks/{token}", .enter, callBack),
            GatewayRoute(.get, "/metrics", .named, relay),
            GatewayRoute(.get, "/api/**", .named, relay),
            GatewayRoute(.post, "/api/**", .named, relay),
            GatewayRoute(.put, "/api/**", .named, relay),
            GatewayRoute(.delete, "/api/**", .named, relay),
        ]
    }

    /// What people look at. Where a resource is looked at under the same address, `Accept` decides.
    private var pages: [GatewayRoute] {
        [
            GatewayRoute(.get, "/book", .enter, bookPage),
            GatewayRoute(.post, "/book", .book, bookForm),
            GatewayRoute(.post, "/bookings/{number}/cancel", .named, cancelForm),
            GatewayRoute(.get, "/feed", .named, liveFeed),
            GatewayRoute(.get, "/desk", .decide, deskPage),
            GatewayRoute(.post, "/desk/{number}/{verb}", .decide, decideForm),
            GatewayRoute(.get, "/operations", .control(.status, method: "GET"), operationsPage),
            GatewayRoute(.post, "/operations/resume", .control(.resumeAll, method: "POST"), resumeForm),
            GatewayRoute(.get, "/sagas", .control(.sagas, method: "GET"), sagasPage),
            GatewayRoute(.get, "/sagas/{id}", .control(.saga, method: "GET"), sagaPage),
            GatewayRoute(.post, "/sagas/{id}/{act}", .named, actForm),
            GatewayRoute(.get, "/workflows", .control(.workflows, method: "GET"), workflowsPage),
        ]
    }

    /// The style sheet and the script of the pages.
    private var files: [GatewayRoute] {
        PageAsset.all.map { asset in
            GatewayRoute(.get, asset.path, .enter) { _, _ in
                Response(
                    status: .ok,
                    headers: [.contentType: asset.contentType, .cacheControl: PageAsset.cacheControl],
                    body: ResponseBody(byteBuffer: ByteBuffer(string: asset.body)))
            }
        }
    }
}
