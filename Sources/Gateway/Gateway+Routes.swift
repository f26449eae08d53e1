import ControlAPI
import HTTPTypes
import Hummingbird
import Identity
import NIOCore
import Pages

extension Gateway {
    /// The one table of routes. A GET answers HEAD too.
    static let routes: [GatewayRoute] = resources + pages + files + relayed

    private static let resources: [GatewayRoute] = [
        GatewayRoute(.get, "/", .enter, .index, Gateway.index),
        GatewayRoute(.get, "/openapi.json", .enter, .document, Gateway.openAPI),
        GatewayRoute(.get, "/actuator/health", .enter, .health, Gateway.health),
        GatewayRoute(.get, "/sign-in", .enter, .whoAmI, Gateway.whoAmI),
        GatewayRoute(.post, "/sign-in", .enter, .signIn, Gateway.signIn),
        GatewayRoute(.post, "/sign-out", .enter, .signOut, Gateway.signOut),
        GatewayRoute(.post, "/orders", .book, .placeOrder, Gateway.placeOrder),
        GatewayRoute(.get, "/orders", .seeOwn, .listOrders, Gateway.listOrders),
        GatewayRoute(.get, "/orders/{number}", .named, .showOrder, Gateway.showOrder),
        GatewayRoute(.patch, "/orders/{number}", .named, .patchOrder, Gateway.patchOrder),
        GatewayRoute(.delete, "/orders/{number}", .named, .deleteOrder, Gateway.deleteOrder),
        GatewayRoute(.get, "/bookings/{number}", .named, .openBooking, Gateway.openBooking),
        GatewayRoute(.post, "/confirmations", .decide, .confirm, Gateway.confirm),
        GatewayRoute(.get, "/mypages", .seeAll, .myPages, Gateway.myPages),
        GatewayRoute(.get, "/hotelViews", .seeAll, .hotelViews, Gateway.hotelViews),
        GatewayRoute(.get, "/paymentHistories", .seeAll, .list(.payments)) { $0.list(.payments) },
        GatewayRoute(.get, "/reservations", .seeAll, .list(.reservations)) { $0.list(.reservations) },
        GatewayRoute(.post, "/callbacks/{token}", .enter, .callBack, Gateway.callBack),
        GatewayRoute(.get, "/cancellations", .seeAll, .list(.cancellations)) { $0.list(.cancellations) },
    ]

    /// What people look at. Where a resource is looked at under the same address, `Accept` decides.
    private static let pages: [GatewayRoute] = [
        GatewayRoute(.get, "/book", .enter, .bookPage, Gateway.bookPage),
        GatewayRoute(.post, "/book", .book, .bookForm, Gateway.bookForm),
        GatewayRoute(.post, "/bookings/{number}/cancel", .named, .cancelForm, Gateway.cancelForm),
        GatewayRoute(.get, "/feed", .named, .liveFeed, Gateway.liveFeed),
        GatewayRoute(.get, "/desk", .decide, .deskPage, Gateway.deskPage),
        GatewayRoute(.post, "/desk/{number}/{verb}", .decide, .decideForm, Gateway.decideForm),
        GatewayRoute(
            .get, "/operations", .control(.status, method: "GET"), .operationsPage, Gateway.operationsPage),
        GatewayRoute(
            .post, "/operations/resume", .control(.resumeAll, method: "POST"), .resumeForm, Gateway.resumeForm),
        GatewayRoute(.get, "/sagas", .control(.sagas, method: "GET"), .sagasPage, Gateway.sagasPage),
        GatewayRoute(.post, "/sagas", .control(.jobs, method: "POST"), .bulkForm, Gateway.bulkForm),
        GatewayRoute(.get, "/sagas/{id}", .control(.saga, method: "GET"), .sagaPage, Gateway.sagaPage),
        GatewayRoute(.post, "/sagas/{id}/{act}", .named, .actForm, Gateway.actForm),
        GatewayRoute(.get, "/workflows", .control(.workflows, method: "GET"), .workflowsPage, Gateway.workflowsPage),
    ]

    /// The style sheet and the script of the pages.
    private static let files: [GatewayRoute] = PageAsset.all.map { asset in
        GatewayRoute(.get, asset.path, .enter, .file(asset)) { _ in
            { _, _ in
                Response(
                    status: .ok,
                    headers: [.contentType: asset.contentType, .cacheControl: PageAsset.cacheControl],
                    body: ResponseBody(byteBuffer: ByteBuffer(string: asset.body)))
            }
        }
    }

    /// The control API as it is. Which of its routes, and whether it has the method, the answer looks.
    private static let relayed: [GatewayRoute] =
        [GatewayRoute(.get, "/metrics", relaying: Operation.relayed("GET", prefix: ""), Gateway.relay)]
        + [HTTPRequest.Method.get, .post, .put, .delete].map { method in
            GatewayRoute(
                method, "/api/**", relaying: Operation.relayed(method.rawValue, prefix: "/api"), Gateway.relay)
        }
}

extension Gateway {
    /// The methods that there are at a path; none where there is nothing.
    static func methods(at path: String) -> [String] {
        let parts = path.split(separator: "/").map(String.init)
        if parts.first == "api" {
            let decoded = parts.dropFirst().map { (try? PercentDecoding.text($0, in: "path")) ?? $0 }
            return relayedRoute(decoded)?.route.methods ?? []
        }
        return routes.filter { route in
            let pattern = route.path.split(separator: "/")
            return pattern.count == parts.count
                && zip(pattern, parts).allSatisfy { $0.hasPrefix("{") || $0 == $1 }
        }.flatMap { $0.method == .get ? ["GET", "HEAD"] : [$0.method.rawValue] }.sorted()
    }

    /// The route of the control API behind `/api`.
    static func relayedRoute(_ segments: [String]) -> (route: ControlAPI.Route, arguments: [String])? {
        ControlAPI.Route.match(segments).flatMap { $0.route.rawValue.hasPrefix("/v1/") ? $0 : nil }
    }
}
