import CEL
import ControlAPI
import Glibc
import Hummingbird
import Listener
import SagaCore
import SagaEngine

extension ControlResponder {
    /// `GET /v1/workflows`.
    func workflows(_ request: Request) async throws -> Response {
        _ = try request.query(of: .workflows)
        return .json(WorkflowList(workflows: try await engine.workflows().map(WorkflowResource.init)).json)
    }

    /// `GET /v1/workflows/{name}`: all its versions.
    func workflow(_ name: String, _ request: Request) async throws -> Response {
        _ = try request.query(of: .workflow)
        let all = try await engine.workflows()
        let versions = all.filter { $0.name == name }
        guard !versions.isEmpty else {
            throw EngineError.unknownWorkflow(name: name, known: Set(all.map(\.name)).sorted())
        }
        return .json(WorkflowList(workflows: versions.map(WorkflowResource.init)).json)
    }

    /// `GET /v1/health`: whether a start would be taken now. The watchdog asks less: it is fed also while the store has no room.
    func health(_ request: Request) async throws -> Response {
        _ = try request.query(of: .health)
        let isPaused = engine.isPaused
        switch await engine.probe() {
        case .sound:
            let detail =
                "the loop and the store make progress"
                + (isPaused ? "; paused: nothing moves until 'yogictl resume --all'" : "")
            return .json(HealthResource(healthy: true, detail: detail, paused: isPaused).json)
        case .troubled(let trouble):
            return .problem(
                .unhealthy(WireProblem(.store(code: trouble.code, message: trouble.message)), progress: true, isPaused))
        case .missing:
            let problem = WireProblem(
                "no-progress", status: 503, title: "No progress", detail: "the loop or the store makes no progress")
            return .problem(.unhealthy(problem, progress: false, isPaused))
        }
    }

    /// How full what is bounded together is, in bytes, but connections, which are counted.
    private func pools(_ bytes: EngineStatus.Bytes) -> [StatusResource.Pool] {
        var pools = [("inbox", bytes.inbox), ("cache", bytes.cache), ("early", bytes.early)].map { name, gauge in
            StatusResource.Pool(name: name, used: gauge.used, max: gauge.max)
        }
        guard let budget = facts.connections() else { return pools }
        let (bodies, answers, connections) = (budget.bodies, budget.answers, budget.connections)
        pools.append(.init(name: "bodies", used: bodies.used, max: bodies.max))
        pools.append(.init(name: "answers", used: answers.used, max: answers.max))
        pools.append(.init(name: "connections", used: connections.used, max: connections.max, isBytes: false))
        return pools
    }

    /// `GET /v1/status`.
    func status(_ request: Request) async throws -> Response {
        _ = try request.query(of: .status)
        let status = try await engine.status()
        let live = Status.allCases.compactMap { key in status.live[key].map { (key.name, Value.int(Int64($0))) } }
        let participants = facts.participants().map { one in
            let calls = status.calls[one.name]
            return StatusResource.Participant(
                name: one.name, url: one.url, inFlight: calls?.inFlight ?? 0, queued: calls?.queued ?? 0,
                breaker: calls?.breaker?.rawValue ?? one.breaker,
                parked: calls?.parking.map { ParkedResource($0) }, operations: one.operations)
        }
        let settings = facts.settings()
        let uptime = SystemClock().now().milliseconds - facts.startedAt
        let resource = StatusResource(
            version: facts.version, uptime: Int(uptime / 1_000), pid: Int(getpid()), sagas: MapValue(live),
            backlog: status.backlog, inputs: status.inputs, commits: status.commits, participants: participants,
            limits: MapValue([
                ("inbox", .int(Int64(settings.limits.inboxMax))), ("batch", .int(Int64(settings.limits.batchMax))),
                ("body", .int(Int64(settings.bodyMax))), ("page", .int(Int64(Engine.pageBytesMax))),
            ]), storeBytes: Int(status.storeBytes), storeTrouble: status.storeTrouble?.message,
            seal: SealResource(status.seal),
            paused: engine.isPaused, logDropped: facts.logDropped(),
            pruned: status.pruned.sagas + status.pruned.jobs, views: status.views.map(ViewStateResource.init),
            webhooks: facts.webhooks().filter { $0.state != .delivering }.map {
                StatusResource.Webhook(consumer: $0.consumer, webhook: WebhookResource($0))
            },
            pools: pools(status.bytes))
        return .json(resource.json)
    }
}

extension WireProblem {
    /// With the members of a ``HealthResource``, so that one reader takes both.
    fileprivate static func unhealthy(_ problem: WireProblem, progress: Bool, _ isPaused: Bool) -> WireProblem {
        var problem = problem
        problem.extensions["healthy"] = .bool(false)
        problem.extensions["progress"] = .bool(progress)
        if isPaused { problem.extensions["paused"] = .bool(true) }
        return problem
    }
}

extension ParkedResource {
    init(_ parking: Parking) {
        self.init(calls: parking.calls, since: parking.since.rfc3339, error: parking.cause)
    }
}

extension WorkflowResource {
    init(_ summary: WorkflowSummary) {
        self.init(
            name: summary.name, version: summary.version, digest: summary.digest, summary: summary.summary,
            current: summary.isCurrent, liveSagas: summary.liveSagas)
    }
}
