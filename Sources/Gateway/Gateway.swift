import ControlAPI
public import ControlClient
import HTTPTypes
public import Hummingbird
public import Logging

/// The front door: orders as their guests know them, the lists of the desk, and the control API for who may, over HTTP.
///
/// A client of the control socket like any other. It keeps nothing: all that it says was read for the answer, so what was written through
/// it is seen by the next one who asks.
public struct Gateway: Sendable {
    /// What it runs with; looked up for each request, as a reload changes it.
    public struct Settings: Sendable {
        /// Bytes of a request body.
        public var bodyMax = 64 << 10
        /// What links begin with; empty: they are relative.
        public var publicURL = ""
        /// Whether every way to a browser is encrypted, here or by a proxy that the public URL speaks of.
        public var isSecure = false
        /// What each participant's lists are read from.
        public var lists: ParticipantLists.Places
        /// Which rooms the page for ordering offers.
        public var rooms = ["101", "102", "201", "202", "301"]
        /// Where the orders are.
        public var orders: OrderDefaults

        /// Lists from nowhere, and orders of the workflow that ships, unless told otherwise.
        public init(lists: ParticipantLists.Places = .init(), orders: OrderDefaults = .init()) {
            self.lists = lists
            self.orders = orders
        }
    }

    let client: ControlClient
    let lists: ParticipantLists
    let keeper: Doorkeeper
    let settings: @Sendable () -> Settings
    let days: FreeDays
    let news: StoreNews
    private let logger: Logger

    /// A gateway to the daemon that the client speaks with.
    public init(
        client: ControlClient, lists: ParticipantLists, keeper: Doorkeeper,
        settings: @escaping @Sendable () -> Settings, logger: Logger
    ) {
        self.client = client
        self.lists = lists
        self.keeper = keeper
        self.settings = settings
        self.logger = logger
        days = FreeDays(lists: lists)
        news = StoreNews(client)
    }

    /// What answers: the table of routes behind the door.
    public func responder() -> RouterResponder<GatewayContext> {
        let router = Router(context: GatewayContext.self)
        router.add(middleware: FrontMiddleware(keeper: keeper, settings: settings, logger: logger))
        for route in Self.routes {
            register(route, as: route.method, on: router)
            if route.method == .get { register(route, as: .head, on: router) }
        }
        return router.buildResponder()
    }

    private func register(_ route: GatewayRoute, as method: HTTPRequest.Method, on router: Router<GatewayContext>) {
        router.on(RouterPath(route.path), method: method) { request, context in
            try await route.respond(to: request, context, at: self)
        }
    }
}
