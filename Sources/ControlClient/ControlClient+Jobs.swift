import CEL
public import ControlAPI

/// A bulk of acts to be asked for.
public struct JobWish: Sendable, Hashable {
    /// `retry`, `pause`, `resume` or `terminate`.
    public var act: String
    /// Which sagas, the live ones that fit; alarms do not count.
    public var filter: ListFilter
    /// `50/s`, `10/m` or `3/h`; `nil` for the daemon's default.
    public var rate: String?
    /// Why, for each saga's history.
    public var reason: String

    /// A job that nobody has accepted yet.
    public init(act: String, filter: ListFilter, rate: String? = nil, reason: String) {
        self.act = act
        self.filter = filter
        self.rate = rate
        self.reason = reason
    }

    fileprivate var body: MapValue {
        var body = MapValue([("act", .string(act))])
        body["workflow"] = filter.workflow.map { .string($0) }
        body["state"] = filter.state.map { .string($0) }
        body["status"] = filter.status.map { .string($0) }
        if !filter.attributes.isEmpty {
            body["where"] = .list(filter.attributes.map { .string("\($0.name):\($0.value)") })
        }
        body["rate"] = rate.map { .string($0) }
        body["reason"] = .string(reason)
        return body
    }
}

extension ControlClient {
    /// Has a job accepted (`POST /v1/jobs`); it goes on also when the daemon is started again.
    public func accept(_ wish: JobWish) async throws(ClientError) -> JobResource {
        let request = Request(.post, Route.jobs.path(), body: JSON.bytes(.map(wish.body)))
        return try await ask(request, JobResource.init(json:)).resource
    }

    /// What a job would have to do (`POST /v1/jobs` as a dry run).
    public func preview(_ wish: JobWish) async throws(ClientError) -> JobPreview {
        var body = wish.body
        body["dryRun"] = .bool(true)
        let request = Request(.post, Route.jobs.path(), body: JSON.bytes(.map(body)))
        return try await ask(request, JobPreview.init(json:)).resource
    }

    /// A page of jobs, newest first (`GET /v1/jobs`).
    public func jobs(limit: Int? = nil, after: Int? = nil) async throws(ClientError) -> JobList {
        var request = Request(.get, Route.jobs.path())
        request.query("limit", limit.map(String.init))
        request.query("after", after.map(String.init))
        return try await ask(request, JobList.init(json:)).resource
    }

    /// A job with a page of its sagas (`GET /v1/jobs/{id}`).
    public func job(_ id: Int, limit: Int? = nil, after: Int? = nil) async throws(ClientError) -> JobSheet {
        var request = Request(.get, Route.job.path("\(id)"))
        request.query("limit", limit.map(String.init))
        request.query("after", after.map(String.init))
        return try await ask(request, JobSheet.init(json:)).resource
    }

    /// Moves live sagas to another version, or says which could (`POST /v1/workflows/{name}/migrate`).
    /// - Parameter reason: needed unless it is a check.
    public func migrate(
        _ workflow: String, from: String, to: String, check: Bool, reason: String?, after: String? = nil
    ) async throws(ClientError) -> MigrateAnswer {
        var body = MapValue([("from", .string(from)), ("to", .string(to)), ("check", .bool(check))])
        body["reason"] = reason.map { .string($0) }
        body["after"] = after.map { .string($0) }
        let request = Request(.post, Route.migrate.path(workflow), body: JSON.bytes(.map(body)))
        return try await ask(request, MigrateAnswer.init(json:)).resource
    }
}
