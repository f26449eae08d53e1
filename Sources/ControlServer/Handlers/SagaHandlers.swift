import CEL
import ControlAPI
import HTTPTypes
import Hummingbird
import Listener
import NIOCore
import SagaCore
import SagaEngine

extension ControlResponder {
    /// `POST /v1/sagas`.
    func start(_ request: Request) async throws -> Response {
        let query = try request.query(of: .sagas)
        let body = try await request.object(of: .sagas, max: facts.bodyMax)
        guard let name = try body.text("workflow") else { throw WireProblem.badRequest("the body has no 'workflow'") }
        let key = try body.text("key")
        if key?.isEmpty == true { throw WireProblem.badRequest("'key' is empty") }
        let command = StartCommand(
            workflow: name, version: try body.text("version"), key: key,
            input: Document(read: body["input"] ?? .map(MapValue([]))),
            by: Self.actor)
        let reply = try await engine.start(command, wait: try query.wait())
        let resource = await resource(reply.saga, reply.workflow, reached: reply.reached)
        let created: HTTPResponse.Status = reply.verdict == .created ? .created : .ok
        var headers = waitFields(reply.reached)
        headers[.location] = Route.saga.path(resource.id)
        return .json(resource.json, status: reply.reached ? created : .accepted, headers: headers)
    }

    /// `GET /v1/sagas`.
    func list(_ request: Request) async throws -> Response {
        let query = try request.query(of: .sagas)
        var filter = SagaFilter(
            workflow: query["workflow"], serial: try query.serial(), key: query["key"],
            state: query["state"], status: try query.status(),
            withAlarms: query["alarms"] != nil, limit: try query.limit(), after: try query.after())
        for text in query.all("where") {
            filter.attributes.append(try SagaFilter.Attribute(text))
        }
        if filter.key != nil, filter.workflow == nil {
            throw WireProblem.badRequest("'key' needs 'workflow', whose keys are meant")
        }
        let page = try await engine.list(filter)
        let sagas = page.sagas.map(SagaListItem.init)
        let digits = try await engine.idDigits(of: page.sagas.map(\.id))
        return .json(SagaList(sagas: sagas, next: page.next?.description, idDigits: digits).json)
    }

    /// `GET /v1/sagas/{id}`, with `wait` as a long poll.
    func show(_ id: String, _ request: Request) async throws -> Response {
        let query = try request.query(of: .saga)
        let reply = try await engine.look(
            try await reference(id), wait: try query.wait(), by: PeerCredentials.current?.uid)
        var resource = await resource(reply.saga, reply.workflow, reached: reply.reached)
        if reply.saga.openCalls.isCalling {
            resource.parked = engine.parking(of: reply.saga.id).map { ParkedResource($0) }
        }
        return .json(resource.json, status: reply.reached ? .ok : .accepted, headers: waitFields(reply.reached))
    }

    /// A wait that ended before its time and its goal, as the daemon goes down, may be gone on with at the next one.
    func waitFields(_ reached: Bool) -> HTTPFields {
        !reached && engine.waitsEnded ? [.retryAfter: "1"] : [:]
    }

    /// `GET /v1/sagas/{id}/history`, a page from the record behind `after` on; `?follow` streams a record a line until the saga has ended.
    func history(_ id: String, _ request: Request) async throws -> Response {
        let query = try request.query(of: .history)
        let after = try query.place() ?? 0
        let limit = query["limit"] == nil ? Engine.pageMax : try query.limit()
        let page = try await engine.history(try await reference(id), after: after, limit: limit)
        guard query["follow"] != nil else { return .json(await shown(page).json) }
        return Response(
            status: .ok, headers: [.contentType: "application/x-ndjson", .cacheControl: "no-cache"],
            body: follow(page, after: after))
    }

    /// Tries that end alike are one record, which is sent again when another joined it; its number stays.
    private func follow(_ first: SagaHistory, after number: Int) -> ResponseBody {
        ResponseBody { writer in
            var page = first
            var last = number
            while true {
                for entry in await self.shown(page).entries {
                    var line = JSON.bytes(entry.json)
                    line.append(UInt8(ascii: "\n"))
                    try await writer.write(ByteBuffer(bytes: line))
                }
                last = page.entries.last?.number ?? last
                let reference = SagaReference(page.saga.id)
                var from = last
                if page.next == nil {
                    if page.saga.status.isEnded { break }
                    let before = page.saga
                    let goal = WaitGoal.news(length: last, token: before.lastToken)
                    // The daemon going down ends the stream, and the client asks again; so does the client going away.
                    guard
                        let reply = try? await engine.look(
                            reference, wait: Wait(goal: goal, timeout: 60_000), by: PeerCredentials.current?.uid),
                        !engine.waitsEnded, !Task.isCancelled
                    else { break }
                    if reply.saga.lastToken != before.lastToken {
                        from = min(last, before.triesBegin ?? last, reply.saga.triesBegin ?? last)
                    }
                }
                // What cannot be read now ends the stream, and the client asks again from where it is.
                guard let next = try? await engine.history(reference, after: from) else { break }
                page = next
            }
            try await writer.finish(nil)
        }
    }

    private func shown(_ page: SagaHistory) async -> HistoryList {
        await engine.aside { HistoryList(page) }
    }

    static func reference(_ text: String) throws -> SagaReference {
        guard let reference = SagaReference(text) else {
            throw WireProblem(
                "bad-id", status: 400, title: "Bad id",
                detail: "'\(text)' is no saga id, nor the first 8 digits or more of one, nor a workflow's name and a "
                    + "serial, as in reservation:17")
        }
        return reference
    }

    /// A saga by its id, or by the name of its workflow and its serial.
    func reference(_ text: String) async throws -> SagaReference {
        guard let colon = text.lastIndex(of: ":"), let serial = Int64(text[text.index(after: colon)...]), serial > 0
        else { return try Self.reference(text) }
        return SagaReference(try await engine.saga(of: String(text[..<colon]), serial: serial))
    }

    /// Who asks, as the kernel says.
    static var actor: Actor? {
        PeerCredentials.current.map { Actor(uid: $0.uid, gid: $0.gid, pid: $0.pid, behalf: Behalf.current) }
    }
}

extension HistoryList {
    init(_ page: SagaHistory) {
        let masker = Masker(for: page.saga, in: page.workflow)
        self.init(
            saga: page.saga.id.description,
            entries: page.entries.map {
                HistoryResource(number: $0.number, at: $0.at, record: $0.record, masker: masker)
            }, next: page.next)
    }
}
