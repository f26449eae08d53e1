import CEL
public import ControlAPI

/// Which sagas a list has; what is `nil` or empty does not limit it.
public struct ListFilter: Sendable, Hashable {
    /// By name, all its versions.
    public var workflow: String?
    /// The one of a workflow that people call by it.
    public var serial: Int?
    /// By the business key of a workflow that is named.
    public var key: String?
    /// By name, as workflows have it.
    public var state: String?
    /// One word of ``SagaResource/status``; another one is a ``WireProblem``.
    public var status: String?
    /// All must fit.
    public var attributes: [Attribute]
    /// Only those with alarms.
    public var withAlarms: Bool

    /// A searchable attribute and its value.
    public struct Attribute: Sendable, Hashable {
        /// One of a workflow's `attributes:`; may not hold a colon, which ends it on the wire.
        public var name: String
        /// Compared as a whole, with the attribute's value as text.
        public var value: String

        /// Sagas whose attribute `name` reads `value`.
        public init(name: String, value: String) {
            self.name = name
            self.value = value
        }
    }

    /// All sagas, unless limited.
    public init(
        workflow: String? = nil, serial: Int? = nil, key: String? = nil, state: String? = nil,
        status: String? = nil,
        attributes: [Attribute] = [], withAlarms: Bool = false
    ) {
        self.serial = serial
        self.key = key
        self.withAlarms = withAlarms
        self.workflow = workflow
        self.state = state
        self.status = status
        self.attributes = attributes
    }
}

extension ControlClient {
    /// A page of sagas, newest first (`GET /v1/sagas`).
    ///
    /// - Parameters:
    ///   - limit: of the page; `nil` for the daemon's default.
    ///   - after: ``SagaList/next`` of the page before.
    public func list(
        _ filter: ListFilter = ListFilter(), limit: Int? = nil, after: String? = nil
    ) async throws(ClientError) -> SagaList {
        var request = Request(.get, Route.sagas.path())
        request.query("workflow", filter.workflow)
        request.query("serial", filter.serial.map(String.init))
        request.query("key", filter.key)
        request.query("state", filter.state)
        request.query("status", filter.status)
        for attribute in filter.attributes { request.query("where", "\(attribute.name):\(attribute.value)") }
        if filter.withAlarms { request.flag("alarms") }
        request.query("limit", limit.map(String.init))
        request.query("after", after)
        return try await ask(request, SagaList.init(json:)).resource
    }

    /// One saga (`GET /v1/sagas/{id}`).
    public func show(_ saga: String, wait: Wait? = nil) async throws(ClientError) -> SagaResource {
        var request = Request(.get, Route.saga.path(saga))
        request.wait(wait)
        let begun = ContinuousClock.now
        let (_, found, isCutShort) = try await ask(request, SagaResource.init(json:))
        return await waited(found, isCutShort: isCutShort, wait, since: begun)
    }

    /// A page of a saga's history (`GET /v1/sagas/{id}/history`).
    /// - Parameter after: the `next` of the page before.
    public func history(_ saga: String, after: Int? = nil, limit: Int? = nil) async throws(ClientError) -> HistoryList {
        var request = Request(.get, Route.history.path(saga))
        request.query("after", after.map(String.init))
        request.query("limit", limit.map(String.init))
        return try await ask(request, HistoryList.init(json:)).resource
    }

    /// A page of a view's rows, newest saga first (`GET /v1/views/{view}`).
    public func view(
        _ name: String, key: String? = nil, limit: Int? = nil, after: String? = nil
    ) async throws(ClientError) -> ViewList {
        var request = Request(.get, Route.view.path(name))
        request.query("key", key)
        request.query("limit", limit.map(String.init))
        request.query("after", after)
        return try await ask(request, ViewList.init(json:)).resource
    }

    /// Begins to write the rows of a view anew (`POST /v1/views/{view}/rebuild`); one that is under way goes on.
    public func rebuild(view name: String) async throws(ClientError) -> ViewStateResource {
        var request = Request(.post, Route.rebuildView.path(name))
        request.repeats = true
        return try await ask(request, ViewStateResource.init(json:)).resource
    }

    /// The workflows that are loaded or pinned by sagas (`GET /v1/workflows`).
    public func workflows() async throws(ClientError) -> WorkflowList {
        try await ask(Request(.get, Route.workflows.path()), WorkflowList.init(json:)).resource
    }

    /// What the daemon is doing (`GET /v1/status`).
    public func status() async throws(ClientError) -> StatusResource {
        try await ask(Request(.get, Route.status.path()), StatusResource.init(json:)).resource
    }

    /// What the daemon counts (`GET /metrics`), as text.
    /// - Parameter openMetrics: by OpenMetrics 1.0 in place of Prometheus' format 0.0.4.
    public func metrics(openMetrics: Bool = false) async throws(ClientError) -> String {
        var request = Request(.get, Route.metrics.path())
        request.accept =
            openMetrics ? "application/openmetrics-text; version=1.0.0" : "text/plain; version=0.0.4"
        let answer = try await exchange.send(request)
        guard (200..<300).contains(answer.status) else { throw .refusal(answer) }
        return String(decoding: answer.body, as: UTF8.self)
    }

    /// Whether the daemon makes progress (`GET /v1/health`); an unhealthy one answers too.
    public func health() async throws(ClientError) -> HealthResource {
        let answer = try await exchange.send(Request(.get, Route.health.path()))
        guard answer.status == 503, let json = try? JSON.parse(answer.body),
            let health = try? HealthResource(json: json)
        else { return try read(answer, HealthResource.init(json:)) }
        return health
    }
}
