import CEL
import ControlAPI
import Glibc
import Hummingbird
import SagaCore
import SagaEngine

extension ControlResponder {
    /// `GET /v1/workflows`.
    func workflows(_ request: Request) async throws -> Response {
        _ = try request.query(knowing: [])
        return .json(WorkflowList(workflows: try await engine.workflows().map(WorkflowResource.init)).json)
    }

    /// `GET /v1/workflows/{name}`: all its versions.
    func workflow(_ name: String, _ request: Request) async throws -> Response {
        _ = try request.query(knowing: [])
        let all = try await engine.workflows()
        let versions = all.filter { $0.name == name }
        guard !versions.isEmpty else {
            throw EngineError.unknownWorkflow(name: name, known: Set(all.map(\.name)).sorted())
        }
        return .json(WorkflowList(workflows: versions.map(WorkflowResource.init)).json)
    }

    /// `GET /v1/views/{view}`.
    func view(_ name: String, _ request: Request) async throws -> Response {
        let query = try request.query(knowing: ["key", "limit", "after"])
        let page = try await engine.view(
            name, key: query["key"], limit: try query.limit(), after: try query.after())
        let rows = page.rows.map { ViewList.Row(saga: $0.saga.description, key: $0.key, row: $0.row) }
        return .json(ViewList(view: name, rows: rows, next: page.next?.description).json)
    }

    /// `GET /v1/health`: the same proof that feeds the watchdog.
    func health(_ request: Request) async throws -> Response {
        _ = try request.query(knowing: [])
        let healthy = await engine.probe()
        let progress = healthy ? "the loop and the store make progress" : "the loop or the store makes no progress"
        let isPaused = engine.isPaused
        let detail = progress + (isPaused ? "; paused: nothing moves until 'yogictl resume --all'" : "")
        return .json(
            HealthResource(healthy: healthy, detail: detail, paused: isPaused).json,
            status: healthy ? .ok : .serviceUnavailable)
    }

    /// `GET /v1/status`.
    func status(_ request: Request) async throws -> Response {
        _ = try request.query(knowing: [])
        let status = try await engine.status()
        let live = Status.allCases.compactMap { key in status.live[key].map { (key.name, Value.int(Int64($0))) } }
        let participants = facts.participants().map { one in
            let calls = status.calls[one.name]
            return StatusResource.Participant(
                name: one.name, url: one.url, inFlight: calls?.inFlight ?? 0, queued: calls?.queued ?? 0,
                breaker: one.breaker)
        }
        let uptime = SystemClock().now().milliseconds - facts.startedAt
        let resource = StatusResource(
            version: facts.version, uptime: Int(uptime / 1_000), pid: Int(getpid()), sagas: MapValue(live),
            backlog: status.backlog, inputs: status.inputs, commits: status.commits, participants: participants,
            limits: MapValue([
                ("inbox", .int(Int64(facts.limits.inboxMax))), ("batch", .int(Int64(facts.limits.batchMax))),
                ("body", .int(Int64(facts.bodyMax))),
            ]), storeBytes: Int(status.storeBytes), storeTrouble: status.storeTrouble,
            paused: engine.isPaused)
        return .json(resource.json)
    }
}

extension WorkflowResource {
    init(_ summary: WorkflowSummary) {
        self.init(
            name: summary.name, version: summary.version, digest: summary.digest, summary: summary.summary,
            current: summary.isCurrent, liveSagas: summary.liveSagas)
    }
}
