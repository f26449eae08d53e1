import CEL
import ControlAPI

/// Each resource with all of its members, and with those alone that it always has.
enum ResourceSamples {
    static let id = "01a2d0b1-0000-7000-8000-000000000001"
    static let time = "2027-01-01T10:00:00.000Z"
    private static let free = MapValue([("a", .int(1))])
    private static let parked = ParkedResource(calls: 1, since: time, error: "refused")
    private static let hint = SagaResource.Hint(waitsFor: "an answer", commands: ["yogictl retry"])
    private static let alarm = SagaResource.Alarm(number: 7, at: time, step: 1, message: "twice")
    private static let progress = ProgressResource(done: 1, total: 2)

    static let sagas: [SagaResource] = {
        var full = SagaResource(
            id: id, key: "k", workflow: "order", version: "1", state: "Paying", status: "stuck", reason: "r",
            startedAt: time, updatedAt: time, input: .null, vars: free, attributes: free,
            steps: [
                .init(
                    number: 1, state: "Paying", call: "a.b", outcome: "unknown", armed: true, key: "k", attempts: 1,
                    undo: "a.c", undoAttempts: 1),
                .init(
                    number: 2, state: "Paying", call: "a.b", outcome: "none", armed: false, key: "k", attempts: 0,
                    undo: nil, undoAttempts: 0),
            ], timers: [.init(name: "10m", due: time)], signals: ["confirm"], leavingTo: "Cancelled",
            cancel: "deferred", alarms: [alarm], hint: hint, earlierSteps: 3,
            trying: .init(
                step: 1, call: "a.b", outcome: "unknown", count: 2, first: time, message: "m", next: time),
            reached: false, serial: 17)
        full.parked = parked
        var bare = SagaResource(
            id: id, key: "k", workflow: "order", version: "1", state: "Paying", status: "running", reason: nil,
            startedAt: time, updatedAt: time, input: .map(free), vars: MapValue(), attributes: MapValue(), steps: [],
            timers: [], signals: [], leavingTo: nil, cancel: nil)
        var tried = bare
        tried.trying = .init(step: 1, call: "a.b", outcome: "held", count: 2, first: time, message: "", next: nil)
        return [full, bare, tried]
    }()

    private static let items: [SagaListItem] = [
        SagaListItem(
            id: id, key: "k", workflow: "order", version: "1", state: "Paying", status: "stuck", reason: "r",
            startedAt: time, updatedAt: time, due: time, call: "a.b", attributes: free, leavingTo: "Cancelled",
            cancel: "accepted", alarms: [alarm], hint: hint, serial: 17),
        SagaListItem(
            id: id, key: "k", workflow: "order", version: "1", state: "Paying", status: "running", startedAt: time,
            updatedAt: time),
    ]
    private static let entry = HistoryResource(number: 1, at: time, type: "started", fields: free)
    private static let effects = [nil, "a.c"].map {
        EffectResource(
            saga: id, workflow: "order", status: "stuck", step: 1, state: "Paying", call: "a.b", participant: "a",
            outcome: "in flight", since: time, key: "k", undo: $0)
    }
    private static let jobs = [nil, "x"].map { by in
        JobResource(
            id: 1, act: "retry", status: by == nil ? "running" : "ended", reason: "r", by: by, filter: free,
            rate: "50/s", acceptedAt: time, endedAt: by.map { _ in time }, total: 1, done: 1, refused: 0, failed: 0,
            left: 0)
    }
    private static let seals = [nil, progress].map {
        SealResource(dataKey: 1, masterKey: "f", origin: "a file", progress: $0)
    }
    private static let views = [nil, progress].map { ViewStateResource(name: "mine", progress: $0) }
    private static let webhooks = [nil, time].map {
        WebhookResource(url: "u", state: "parked", since: $0, error: $0, taken: 0, failed: 0)
    }
    private static let consumers = [nil, time].map {
        ConsumerResource(
            name: "books", cursor: "c", behind: 0, since: $0, workflows: [], kinds: [], madeAt: time, movedAt: $0,
            webhook: $0.map { _ in webhooks[0] })
    }
    private static let statuses = [true, false].map { isFull in
        StatusResource(
            version: "1", uptime: 1, pid: 1, sagas: free, backlog: 0, inputs: 0, commits: 0,
            participants: [nil, parked].map {
                .init(
                    name: "a", url: "u", inFlight: 0, queued: 0, breaker: "open", parked: $0,
                    operations: $0 == nil ? [] : [.init(operation: "charge", sends: "POST /charge")])
            },
            limits: free, storeBytes: 1, storeTrouble: isFull ? "full" : nil, seal: isFull ? seals[0] : nil,
            paused: isFull, logDropped: 0, pruned: isFull ? 1 : 0, views: isFull ? views : [],
            webhooks: isFull ? [.init(consumer: "books", webhook: webhooks[1])] : [],
            pools: isFull ? [.init(name: "inbox", used: 0, max: 1)] : [])
    }
    private static let events = [nil, id].map { subject in
        FeedResource(
            id: "e", source: "urn:x", type: FeedResource.feedPrefix + "pruned", subject: subject,
            time: subject.map { _ in time }, workflow: subject.map { _ in "order" }, version: subject, cursor: "c",
            data: .map(free))
    }

    static let all: [any Described & Sendable] =
        sagas + items + webhooks + consumers + effects + jobs + seals + views + statuses + events + more + answers

    private static let more: [any Described & Sendable] = [
        RootResource(version: "1"), progress, entry, HealthResource(healthy: true, detail: "d"),
        HealthResource(healthy: true, detail: "d", paused: true),
        SagaList(sagas: items, next: "n", idDigits: 8), SagaList(sagas: [], next: nil),
        HistoryList(saga: id, entries: [entry], next: 2), HistoryList(saga: id, entries: []),
        ViewList(
            view: "mine",
            rows: [
                .init(saga: id, serial: 1, key: "k", row: .map(free)), .init(saga: id, key: "k", row: .map(free)),
            ], next: "n", idDigits: 8, older: true),
        ViewList(view: "mine", rows: [], next: nil),
        WorkflowList(workflows: [
            WorkflowResource(name: "order", version: "1", digest: "d", summary: "", current: true, liveSagas: 0)
        ]),
        WorkflowResource(name: "order", version: "1", digest: "d", summary: "", current: true, liveSagas: 0),
        EffectList(effects: effects, next: "n", idDigits: 8), EffectList(effects: [], next: nil),
        JobList(jobs: jobs, next: 1), JobList(jobs: [], next: nil),
        JobSheet(
            job: jobs[0],
            sagas: [
                .init(saga: id, outcome: "done", message: nil), .init(saga: id, outcome: "refused", message: "m"),
            ], next: 1, idDigits: 8), JobSheet(job: jobs[0], sagas: [], next: nil),
    ]

    private static let answers: [any Described & Sendable] = [
        ConsumerList(consumers: consumers), ConsumerList(consumers: [], unreadable: ["books"]),
        CommandAnswer(answer: "handled", saga: sagas[0]), CallbackAnswer(answer: "known"),
        CallbackAnswer(answer: "noted", until: time), JobPreview(count: 1, sagas: [id]),
        KeptAnswer(workflow: "order", key: "k", signal: "confirm", until: time),
        KeptList(signals: [
            .init(id: "i", data: .null, keptAt: time, until: time),
            .init(id: nil, data: .null, keptAt: time, until: time),
        ]),
        ResumeAnswer(answer: "resumed"), ReloadAnswer(added: ["order"]),
        RekeyAnswer(answer: "renewed", wrappedAnew: true, seal: seals[0]),
        MigrateAnswer(
            answer: "moved",
            sagas: [.init(saga: id, state: "Paying", status: "running", moves: true, obstacles: [])], next: "n",
            idDigits: 8), MigrateAnswer(answer: "would", sagas: [], next: nil),
        OperateAnswer(
            answer: "done", saga: sagas[0], records: [entry],
            calls: [.init(call: "a.b", step: 1, direction: "forward", attempt: 1, key: "k")], effects: effects),
        OperateAnswer(answer: "would", saga: sagas[1], records: [], calls: [], effects: nil),
    ]
}
