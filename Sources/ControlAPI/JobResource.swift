public import CEL

/// A bulk of operators' acts and how far it is.
public struct JobResource: Sendable, Hashable {
    /// Counts from 1.
    public var id: Int
    /// `retry`, `pause`, `resume` or `terminate`.
    public var act: String
    /// `running`, or `ended` once every saga has had its turn.
    public var status: String
    /// Why.
    public var reason: String
    /// Who asked for it.
    public var by: String?
    /// By what its sagas were chosen: `workflow`, `state`, `status` and `where`.
    public var filter: MapValue
    /// `50/s`: so many sagas at most.
    public var rate: String
    /// When its sagas were chosen.
    public var acceptedAt: String
    /// When the last one had its turn.
    public var endedAt: String?
    /// Its sagas.
    public var total: Int
    /// Those that took the act.
    public var done: Int
    /// Those that could not take it as they were.
    public var refused: Int
    /// Those that cannot be read or written.
    public var failed: Int
    /// Those whose turn has not come.
    public var left: Int

    /// A job as it is now.
    public init(
        id: Int, act: String, status: String, reason: String, by: String?, filter: MapValue, rate: String,
        acceptedAt: String, endedAt: String?, total: Int, done: Int, refused: Int, failed: Int, left: Int
    ) {
        self.id = id
        self.act = act
        self.status = status
        self.reason = reason
        self.by = by
        self.filter = filter
        self.rate = rate
        self.acceptedAt = acceptedAt
        self.endedAt = endedAt
        self.total = total
        self.done = done
        self.refused = refused
        self.failed = failed
        self.left = left
    }

    /// Throws for a member that is missing or of another type; `by`, `filter` and `endedAt` may be absent.
    public init(json: Value) throws(MalformedResource) {
        let members = try Members(json, of: "a job")
        self.init(
            id: try members.integer("id"), act: try members.text("act"), status: try members.text("status"),
            reason: try members.text("reason"), by: try members.optionalText("by"),
            filter: try members.object("filter"), rate: try members.text("rate"),
            acceptedAt: try members.text("acceptedAt"), endedAt: try members.optionalText("endedAt"),
            total: try members.integer("total"), done: try members.integer("done"),
            refused: try members.integer("refused"), failed: try members.integer("failed"),
            left: try members.integer("left"))
    }

    /// The members in the order of the properties; `by` and `endedAt` only when they are there.
    public var json: Value {
        .map(
            MapValue(present: [
                ("id", .int(Int64(id))), ("act", .string(act)), ("status", .string(status)),
                ("reason", .string(reason)), ("by", by.map { .string($0) }), ("filter", .map(filter)),
                ("rate", .string(rate)), ("acceptedAt", .string(acceptedAt)),
                ("endedAt", endedAt.map { .string($0) }), ("total", .int(Int64(total))), ("done", .int(Int64(done))),
                ("refused", .int(Int64(refused))), ("failed", .int(Int64(failed))), ("left", .int(Int64(left))),
            ]))
    }
}

/// Jobs, newest first.
public struct JobList: Sendable, Hashable {
    /// At most the request's `limit`.
    public var jobs: [JobResource]
    /// The cursor of the next page: `after=` it.
    public var next: Int?

    /// A page; `next` is `nil` on the last one.
    public init(jobs: [JobResource], next: Int?) {
        self.jobs = jobs
        self.next = next
    }

    /// Throws at the first job that does not read.
    public init(json: Value) throws(MalformedResource) {
        let members = try Members(json, of: "a list of jobs")
        jobs = []
        for item in try members.list("jobs") { jobs.append(try JobResource(json: item)) }
        next = try members.optionalInteger("next")
    }

    /// `{"jobs": […], "next": …}`; no `next` on the last page.
    public var json: Value {
        .map(MapValue(present: [("jobs", .list(jobs.map(\.json))), ("next", next.map { .int(Int64($0)) })]))
    }
}

/// `GET /v1/jobs/{id}`: a job with some of its sagas.
public struct JobSheet: Sendable, Hashable {
    /// How far it is.
    public var job: JobResource
    /// In the order of their turns; at most the request's `limit`.
    public var sagas: [Item]
    /// The cursor of the next page: `after=` it; `nil` on the last one.
    public var next: Int?
    /// So many hexadecimal digits of a saga's id name each of these, now and later: 8 or more; `nil` on an empty page.
    public var idDigits: Int?

    /// One saga of a job.
    public struct Item: Sendable, Hashable {
        /// Its whole id.
        public var saga: String
        /// `done`, `refused`, `failed`, or `left` until its turn has come.
        public var outcome: String
        /// Why not, when it was not done.
        public var message: String?

        /// What became of one saga.
        public init(saga: String, outcome: String, message: String?) {
            self.saga = saga
            self.outcome = outcome
            self.message = message
        }
    }

    /// A page; `next` is `nil` on the last one.
    public init(job: JobResource, sagas: [Item], next: Int?, idDigits: Int? = nil) {
        self.idDigits = sagas.isEmpty ? nil : idDigits
        self.job = job
        self.sagas = sagas
        self.next = next
    }

    /// Throws for a member that is missing or of another type.
    public init(json: Value) throws(MalformedResource) {
        let members = try Members(json, of: "a job's sheet")
        job = try JobResource(json: members.value("job"))
        sagas = []
        for item in try members.list("sagas") {
            let one = try Members(item, of: "a job's saga")
            sagas.append(
                Item(
                    saga: try one.text("saga"), outcome: try one.text("outcome"),
                    message: try one.optionalText("message")))
        }
        next = try members.optionalInteger("next")
        idDigits = try members.optionalInteger("idDigits")
    }

    /// `{"job": {…}, "sagas": […], "idDigits": …, "next": …}`; no `next` on the last page.
    public var json: Value {
        let sagas = sagas.map { item in
            Value.map(
                MapValue(present: [
                    ("saga", .string(item.saga)), ("outcome", .string(item.outcome)),
                    ("message", item.message.map { .string($0) }),
                ]))
        }
        return .map(
            MapValue(present: [
                ("job", job.json), ("sagas", .list(sagas)), ("idDigits", idDigits.map { .int(Int64($0)) }),
                ("next", next.map { .int(Int64($0)) }),
            ]))
    }
}

/// What a job would do: the answer to a dry run.
public struct JobPreview: Sendable, Hashable {
    /// How many sagas it would have.
    public var count: Int
    /// The ids of the first ones, ten at most.
    public var sagas: [String]

    /// A preview; `sagas` are the first of `count`.
    public init(count: Int, sagas: [String]) {
        self.count = count
        self.sagas = sagas
    }

    /// Throws when `count` or `sagas` is of another type.
    public init(json: Value) throws(MalformedResource) {
        let members = try Members(json, of: "a job's preview")
        count = try members.integer("count")
        sagas = try members.texts("sagas")
    }

    /// `{"count": …, "sagas": […]}`.
    public var json: Value { .map(MapValue([("count", .int(Int64(count))), ("sagas", sagas.json)])) }
}

extension JobResource: Described {
    /// What a job may do to each of its sagas.
    package static let acts = ["retry", "pause", "resume", "terminate"]

    package static let schema = ObjectSchema(
        "Job",
        [
            .always("id", .integer(from: 1)), .always("act", .word(acts)),
            .always("status", .word(["running", "ended"])), .always("reason", .text), .maybe("by", .text),
            .always("filter", .free), .always("rate", .text), .always("acceptedAt", .time), .maybe("endedAt", .time),
            .always("total", .count), .always("done", .count), .always("refused", .count), .always("failed", .count),
            .always("left", .count),
        ])
}

extension JobList: Described {
    package static let schema = ObjectSchema(
        "JobList", [.always("jobs", .list(of: .of(JobResource.schema))), .maybe("next", .count)])
}

extension JobSheet: Described {
    package static let schema = ObjectSchema(
        "JobSheet",
        [
            .always("job", .of(JobResource.schema)), .always("sagas", .list(of: .of(Item.schema))),
            .maybe("idDigits", .idDigits), .maybe("next", .count),
        ])
}

extension JobSheet.Item {
    static let schema = ObjectSchema(
        "JobSaga", [.always("saga", .sagaID), .always("outcome", .text), .maybe("message", .text)])
}

extension JobPreview: Described {
    package static let schema = ObjectSchema(
        "JobPreview", [.always("count", .count), .always("sagas", .list(of: .sagaID))])
}
