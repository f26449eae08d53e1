import CEL
import ControlAPI
import Hummingbird
import SagaCore
import SagaEngine

extension ControlResponder {
    /// `POST /v1/jobs`: 202 with the job, whose count says how many sagas it has; a dry run says it and does nothing.
    func accept(_ request: Request) async throws -> Response {
        _ = try request.query(of: .jobs)
        let body = try await request.object(of: .jobs, max: facts.bodyMax)
        let command = JobCommand(
            try Self.bulkAct(body), of: try Self.filter(body), rate: try Self.rate(body),
            reason: try body.text("reason") ?? "", by: Self.actor)
        if try body.flag("dryRun") {
            let sagas = try await engine.sagas(for: command)
            return .json(JobPreview(count: sagas.count, sagas: sagas.prefix(10).map(\.description)).json)
        }
        let job = try await engine.accept(command)
        return .json(
            JobResource(job).json, status: .accepted, headers: [.location: ControlAPI.Route.job.path("\(job.id)")])
    }

    /// `GET /v1/jobs`.
    func jobs(_ request: Request) async throws -> Response {
        let query = try request.query(of: .jobs)
        let page = try await engine.jobs(limit: try query.limit(), after: try query.place().map(Int64.init))
        return .json(JobList(jobs: page.jobs.map { JobResource($0) }, next: page.next.map(Int.init)).json)
    }

    /// `GET /v1/jobs/{id}`.
    func job(_ text: String, _ request: Request) async throws -> Response {
        let query = try request.query(of: .job)
        guard let id = Int64(text) else {
            throw WireProblem("bad-job", status: 400, title: "Bad job", detail: "'\(text)' is no job's number")
        }
        let page = try await engine.job(id, limit: try query.limit(), after: try query.place() ?? 0)
        let items = page.items.map { item in
            JobSheet.Item(saga: item.saga.description, outcome: item.outcome, message: item.message)
        }
        let digits = try await engine.idDigits(of: page.items.map(\.saga))
        return .json(JobSheet(job: JobResource(page.job), sagas: items, next: page.next, idDigits: digits).json)
    }

    /// `POST /v1/workflows/{name}/migrate`.
    func migrate(_ name: String, _ request: Request) async throws -> Response {
        _ = try request.query(of: .migrate)
        let body = try await request.object(of: .migrate, max: facts.bodyMax)
        guard let from = try body.text("from"), let to = try body.text("to") else {
            throw WireProblem.badRequest("the body needs 'from' and 'to', the versions")
        }
        if from == to { throw WireProblem.badRequest("'from' and 'to' are both '\(from)'") }
        var command = MigrateCommand(
            workflow: name, from: from, to: to, isCheck: try body.flag("check"),
            reason: try body.text("reason") ?? "", by: Self.actor)
        if let limit = body["limit"] {
            guard case .int(let number) = limit, (1...Int64(Engine.pageMax)).contains(number) else {
                throw WireProblem.badRequest("'limit' must be a number from 1 to \(Engine.pageMax)")
            }
            command.limit = Int(number)
        }
        if let after = try body.text("after") {
            guard let id = SagaID(after) else {
                throw WireProblem.badRequest("'after' is '\(after)'; it must be the 'next' of a page before")
            }
            command.after = id
        }
        let page = try await engine.migrate(command)
        let items = page.items.map { item in
            MigrateAnswer.Item(
                saga: item.id.description, state: item.state, status: item.status.name,
                moves: item.obstacles.isEmpty, obstacles: item.obstacles)
        }
        return .json(
            MigrateAnswer(
                answer: command.isCheck ? "would" : "moved", sagas: items, next: page.next?.description,
                idDigits: try await engine.idDigits(of: page.items.map(\.id))
            ).json)
    }

    private static func bulkAct(_ body: MapValue) throws -> JobCommand.Act {
        let name = try body.text("act")
        if let act = name.flatMap(JobCommand.Act.init(rawValue:)) { return act }
        let known = JobCommand.Act.allCases.map(\.rawValue).joined(separator: ", ")
        let found = name.map { "'act' is '\($0)'" } ?? "the body has no 'act'"
        throw WireProblem.badRequest("\(found); it must be one of \(known)")
    }

    private static func rate(_ body: MapValue) throws -> JobRate {
        guard let text = try body.text("rate") else { return JobRate() }
        if let rate = JobRate(text) { return rate }
        throw WireProblem.badRequest(
            "'rate' is '\(text)'; it must be such as 50/s, 10/m or 3/h, of 1 to \(JobRate.countMax)")
    }

    /// At least one condition: nobody means all sagas by saying nothing.
    private static func filter(_ body: MapValue) throws -> SagaFilter {
        var filter = SagaFilter(workflow: try body.text("workflow"), state: try body.text("state"))
        if let text = try body.text("status") { filter.status = try Query([("status", text)]).status() }
        if let list = body["where"] {
            let malformed = WireProblem.badRequest("'where' must be a list of ATTRIBUTE:VALUE")
            guard case .list(let items) = list else { throw malformed }
            for item in items {
                guard case .string(let text) = item else { throw malformed }
                filter.attributes.append(try SagaFilter.Attribute(text))
            }
        }
        if filter.workflow == nil, filter.state == nil, filter.status == nil, filter.attributes.isEmpty {
            throw WireProblem.badRequest("the body chooses no sagas; give 'workflow', 'state', 'status' or 'where'")
        }
        return filter
    }
}

extension SagaFilter.Attribute {
    /// `ATTRIBUTE:VALUE`.
    init(_ text: String) throws {
        guard let colon = text.firstIndex(of: ":") else {
            throw WireProblem.badRequest("'where' is '\(text)'; it must be ATTRIBUTE:VALUE")
        }
        self.init(name: String(text[..<colon]), value: String(text[text.index(after: colon)...]))
    }
}

extension JobResource {
    init(_ job: Job) {
        self.init(
            id: Int(job.id), act: job.act, status: job.endedAt == nil ? "running" : "ended", reason: job.reason,
            by: job.by?.description, filter: job.filter, rate: job.rate.description,
            acceptedAt: job.acceptedAt.rfc3339, endedAt: job.endedAt?.rfc3339, total: job.total, done: job.done,
            refused: job.refused, failed: job.failed, left: job.left)
    }
}
