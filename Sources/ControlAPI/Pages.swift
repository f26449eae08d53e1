public import CEL

/// Sagas, newest first.
public struct SagaList: Sendable, Hashable {
    public var sagas: [SagaResource]
    /// The cursor of the next page: `after=` it.
    public var next: String?

    public init(sagas: [SagaResource], next: String?) {
        self.sagas = sagas
        self.next = next
    }

    public init(json: Value) throws(MalformedResource) {
        let members = try Members(json, of: "a list of sagas")
        sagas = []
        for item in try members.list("sagas") { sagas.append(try SagaResource(json: item)) }
        next = try members.optionalText("next")
    }

    public var json: Value {
        .map(
            MapValue(present: [("sagas", .list(sagas.map(\.json))), ("next", next.map { .string($0) })]))
    }
}

/// One record of a saga's history.
public struct HistoryResource: Sendable, Hashable {
    /// From 1.
    public var number: Int
    public var at: String
    /// The record's word: `started`, `entered` …
    public var type: String
    /// What the record says, secrets masked.
    public var fields: MapValue

    public init(number: Int, at: String, type: String, fields: MapValue) {
        self.number = number
        self.at = at
        self.type = type
        self.fields = fields
    }

    public init(json: Value) throws(MalformedResource) {
        let members = try Members(json, of: "a history entry")
        number = try members.integer("number")
        at = try members.text("at")
        type = try members.text("type")
        fields = try members.object("fields")
    }

    public var json: Value {
        .map(
            MapValue([
                ("number", .int(Int64(number))), ("at", .string(at)), ("type", .string(type)), ("fields", .map(fields)),
            ]))
    }
}

/// A saga's whole history, in order.
public struct HistoryList: Sendable, Hashable {
    public var saga: String
    public var entries: [HistoryResource]

    public init(saga: String, entries: [HistoryResource]) {
        self.saga = saga
        self.entries = entries
    }

    public init(json: Value) throws(MalformedResource) {
        let members = try Members(json, of: "a history")
        saga = try members.text("saga")
        entries = []
        for item in try members.list("entries") { entries.append(try HistoryResource(json: item)) }
    }

    public var json: Value {
        .map(MapValue([("saga", .string(saga)), ("entries", .list(entries.map(\.json)))]))
    }
}

/// Rows of a view, newest saga first.
public struct ViewList: Sendable, Hashable {
    public var view: String
    public var rows: [Row]
    public var next: String?

    public struct Row: Sendable, Hashable {
        public var saga: String
        public var key: String
        public var row: Value

        public init(saga: String, key: String, row: Value) {
            self.saga = saga
            self.key = key
            self.row = row
        }
    }

    public init(view: String, rows: [Row], next: String?) {
        self.view = view
        self.rows = rows
        self.next = next
    }

    public init(json: Value) throws(MalformedResource) {
        let members = try Members(json, of: "a view")
        view = try members.text("view")
        rows = []
        for item in try members.list("rows") {
            let row = try Members(item, of: "a view's row")
            rows.append(Row(saga: try row.text("saga"), key: try row.text("key"), row: row.value("row")))
        }
        next = try members.optionalText("next")
    }

    public var json: Value {
        let rows = rows.map { row in
            Value.map(MapValue([("saga", .string(row.saga)), ("key", .string(row.key)), ("row", row.row)]))
        }
        return .map(
            MapValue(present: [
                ("view", .string(view)), ("rows", .list(rows)), ("next", next.map { .string($0) }),
            ]))
    }
}

/// A workflow that is loaded or pinned.
public struct WorkflowResource: Sendable, Hashable {
    public var name: String
    public var version: String
    public var digest: String
    public var summary: String
    /// Whether new sagas start with it.
    public var current: Bool
    public var liveSagas: Int

    public init(name: String, version: String, digest: String, summary: String, current: Bool, liveSagas: Int) {
        self.name = name
        self.version = version
        self.digest = digest
        self.summary = summary
        self.current = current
        self.liveSagas = liveSagas
    }

    public init(json: Value) throws(MalformedResource) {
        let members = try Members(json, of: "a workflow")
        name = try members.text("name")
        version = try members.text("version")
        digest = try members.text("digest")
        summary = try members.text("summary")
        current = try members.flag("current")
        liveSagas = try members.integer("liveSagas")
    }

    public var json: Value {
        .map(
            MapValue([
                ("name", .string(name)), ("version", .string(version)), ("digest", .string(digest)),
                ("summary", .string(summary)), ("current", .bool(current)), ("liveSagas", .int(Int64(liveSagas))),
            ]))
    }
}

/// `{"workflows": […]}`.
public struct WorkflowList: Sendable, Hashable {
    public var workflows: [WorkflowResource]

    public init(workflows: [WorkflowResource]) {
        self.workflows = workflows
    }

    public init(json: Value) throws(MalformedResource) {
        workflows = []
        for item in try Members(json, of: "a list of workflows").list("workflows") {
            workflows.append(try WorkflowResource(json: item))
        }
    }

    public var json: Value { .map(MapValue([("workflows", .list(workflows.map(\.json)))])) }
}
