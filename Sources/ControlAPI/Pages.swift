public import CEL

/// Sagas, newest first.
public struct SagaList: Sendable, Hashable {
    /// At most the request's `limit`.
    public var sagas: [SagaListItem]
    /// The cursor of the next page: `after=` it.
    public var next: String?
    /// So many hexadecimal digits of a saga's id name each of these, now and later: 8 or more; `nil` on an empty page.
    public var idDigits: Int?

    /// A page; `next` is `nil` on the last one.
    public init(sagas: [SagaListItem], next: String?, idDigits: Int? = nil) {
        self.sagas = sagas
        self.next = next
        self.idDigits = sagas.isEmpty ? nil : idDigits
    }

    /// Throws at the first saga that does not read; without `sagas` the page is empty.
    public init(json: Value) throws(MalformedResource) {
        let members = try Members(json, of: "a list of sagas")
        sagas = []
        for item in try members.list("sagas") { sagas.append(try SagaListItem(json: item)) }
        next = try members.optionalText("next")
        idDigits = try members.optionalInteger("idDigits")
    }

    /// `{"sagas": […], "idDigits": …, "next": …}`; no `next` on the last page.
    public var json: Value {
        .map(
            MapValue(present: [
                ("sagas", .list(sagas.map(\.json))), ("idDigits", idDigits.map { .int(Int64($0)) }),
                ("next", next.map { .string($0) }),
            ]))
    }
}

/// One record of a saga's history.
public struct HistoryResource: Sendable, Hashable {
    /// From 1.
    public var number: Int
    /// When its input was decided; RFC 3339 in UTC with milliseconds, the same for all records of one input.
    public var at: String
    /// The record's word: `started`, `entered` …
    public var type: String
    /// What the record says, secrets masked.
    public var fields: MapValue

    /// An entry whose `fields` are masked already.
    public init(number: Int, at: String, type: String, fields: MapValue) {
        self.number = number
        self.at = at
        self.type = type
        self.fields = fields
    }

    /// Throws when `number`, `at` or `type` is missing or of another type; without `fields` it has none.
    public init(json: Value) throws(MalformedResource) {
        let members = try Members(json, of: "a history entry")
        number = try members.integer("number")
        at = try members.text("at")
        type = try members.text("type")
        fields = try members.object("fields")
    }

    /// `{"number": …, "at": …, "type": …, "fields": {…}}`; a line of the stream too.
    public var json: Value {
        .map(
            MapValue([
                ("number", .int(Int64(number))), ("at", .string(at)), ("type", .string(type)), ("fields", .map(fields)),
            ]))
    }
}

/// A page of a saga's history, in order.
public struct HistoryList: Sendable, Hashable {
    /// The saga's whole id, also when it was asked for by a prefix.
    public var saga: String
    /// Oldest first, without gaps.
    public var entries: [HistoryResource]
    /// What `after` wants for the next page; `nil` on the last one.
    public var next: Int?

    /// A page of one saga's history.
    public init(saga: String, entries: [HistoryResource], next: Int? = nil) {
        self.saga = saga
        self.entries = entries
        self.next = next
    }

    /// Throws at the first entry that does not read; without `entries` there are none.
    public init(json: Value) throws(MalformedResource) {
        let members = try Members(json, of: "a history")
        saga = try members.text("saga")
        entries = []
        for item in try members.list("entries") { entries.append(try HistoryResource(json: item)) }
        next = try members.optionalInteger("next")
    }

    /// `{"saga": …, "entries": […], "next": …}`; no `next` on the last page.
    public var json: Value {
        .map(
            MapValue(present: [
                ("saga", .string(saga)), ("entries", .list(entries.map(\.json))),
                ("next", next.map { .int(Int64($0)) }),
            ]))
    }
}

/// Rows of a view, newest saga first.
public struct ViewList: Sendable, Hashable {
    /// The view's name, as in the path.
    public var view: String
    /// At most the request's `limit`.
    public var rows: [Row]
    /// The cursor of the next page: `after=` it; `nil` on the last one.
    public var next: String?
    /// So many hexadecimal digits of a saga's id name each of these, now and later: 8 or more; `nil` on an empty page.
    public var idDigits: Int?
    /// Whether some rows may be as the view was before it was changed, until it is rebuilt.
    public var older: Bool

    /// What one saga shows in the view.
    public struct Row: Sendable, Hashable {
        /// The whole id of the saga that it belongs to.
        public var saga: String
        /// As in ``SagaResource/serial``.
        public var serial: Int?
        /// What rows are looked up by: the query's `key`.
        public var key: String
        /// Any JSON value, as the workflow's `row:` says.
        public var row: Value

        /// A row with what it is found by.
        public init(saga: String, serial: Int? = nil, key: String, row: Value) {
            self.serial = serial
            self.saga = saga
            self.key = key
            self.row = row
        }
    }

    /// A page; `next` is `nil` on the last one.
    public init(view: String, rows: [Row], next: String?, idDigits: Int? = nil, older: Bool = false) {
        self.older = older
        self.view = view
        self.rows = rows
        self.next = next
        self.idDigits = rows.isEmpty ? nil : idDigits
    }

    /// Throws at the first row without `saga` or `key`; a row without `row` reads `null`.
    public init(json: Value) throws(MalformedResource) {
        let members = try Members(json, of: "a view")
        view = try members.text("view")
        rows = []
        for item in try members.list("rows") {
            let row = try Members(item, of: "a view's row")
            rows.append(
                Row(
                    saga: try row.text("saga"), serial: try row.optionalInteger("serial"), key: try row.text("key"),
                    row: row.value("row")))
        }
        older = try members.flag("older")
        next = try members.optionalText("next")
        idDigits = try members.optionalInteger("idDigits")
    }

    /// `{"view": …, "rows": […], "idDigits": …, "next": …}`; no `next` on the last page, and `older` only while it is `true`.
    public var json: Value {
        let rows = rows.map { row in
            Value.map(
                MapValue(present: [
                    ("saga", .string(row.saga)), ("serial", row.serial.map { .int(Int64($0)) }),
                    ("key", .string(row.key)), ("row", row.row),
                ]))
        }
        return .map(
            MapValue(present: [
                ("view", .string(view)), ("rows", .list(rows)), ("idDigits", idDigits.map { .int(Int64($0)) }),
                ("next", next.map { .string($0) }), ("older", older ? .bool(true) : nil),
            ]))
    }
}

/// A workflow that is loaded or pinned.
public struct WorkflowResource: Sendable, Hashable {
    /// What starts name; several resources of a list may share it.
    public var name: String
    /// As text; unique with `name`.
    public var version: String
    /// SHA-256 of the file, lower-case hexadecimal.
    public var digest: String
    /// The file's own line; may be empty.
    public var summary: String
    /// Whether new sagas start with it.
    public var current: Bool
    /// Sagas of this version that have not ended.
    public var liveSagas: Int

    /// A version of a workflow.
    public init(name: String, version: String, digest: String, summary: String, current: Bool, liveSagas: Int) {
        self.name = name
        self.version = version
        self.digest = digest
        self.summary = summary
        self.current = current
        self.liveSagas = liveSagas
    }

    /// Throws for a member that is missing or of another type; without `current` it reads `false`.
    public init(json: Value) throws(MalformedResource) {
        let members = try Members(json, of: "a workflow")
        name = try members.text("name")
        version = try members.text("version")
        digest = try members.text("digest")
        summary = try members.text("summary")
        current = try members.flag("current")
        liveSagas = try members.integer("liveSagas")
    }

    /// All six members, always.
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
    /// By name, and the versions of one name in the order in which the store met them.
    public var workflows: [WorkflowResource]

    /// A list in the order in which it is shown.
    public init(workflows: [WorkflowResource]) {
        self.workflows = workflows
    }

    /// Throws at the first workflow that does not read.
    public init(json: Value) throws(MalformedResource) {
        workflows = []
        for item in try Members(json, of: "a list of workflows").list("workflows") {
            workflows.append(try WorkflowResource(json: item))
        }
    }

    /// `{"workflows": […]}`; there is no paging, as a daemon holds few.
    public var json: Value { .map(MapValue([("workflows", .list(workflows.map(\.json)))])) }
}

extension SagaList: Described {
    package static let schema = ObjectSchema(
        "SagaList",
        [.always("sagas", .list(of: .of(SagaListItem.schema))), .maybe("idDigits", .idDigits), .maybe("next", .text)])
}

extension Schema {
    /// So many digits of an id name a saga.
    static let idDigits = Schema.integer(from: 8, to: 36)
}

extension HistoryResource: Described {
    /// Every kind of record.
    package static let types = [
        "started", "entered", "timer-set", "timer-fired", "step-armed", "attempted", "succeeded", "refused",
        "unanswered", "retry-set", "disarmed", "vars-set", "signalled", "signal-taken", "signal-refused", "leaving",
        "cancel-requested", "undoing", "undo-armed", "late", "called-back", "stuck", "ended", "held", "freed", "stayed",
        "skipped",
        "operated", "migrated", "restored",
    ]

    package static let schema = ObjectSchema(
        "HistoryEntry",
        [.always("number", .count), .always("at", .time), .always("type", .word(types)), .always("fields", .free)])
}

extension HistoryList: Described {
    package static let schema = ObjectSchema(
        "History",
        [
            .always("saga", .sagaID), .always("entries", .list(of: .of(HistoryResource.schema))),
            .maybe("next", .count),
        ])
}

extension ViewList: Described {
    package static let schema = ObjectSchema(
        "View",
        [
            .always("view", .text), .always("rows", .list(of: .of(Row.schema))), .maybe("idDigits", .idDigits),
            .maybe("next", .text), .maybe("older", .always),
        ])
}

extension ViewList.Row {
    static let schema = ObjectSchema(
        "ViewRow",
        [
            .always("saga", .sagaID), .maybe("serial", .integer(from: 1)), .always("key", .text), .always("row", .any),
        ])
}

extension WorkflowResource: Described {
    package static let schema = ObjectSchema(
        "Workflow",
        [
            .always("name", .text), .always("version", .text), .always("digest", .text), .always("summary", .text),
            .always("current", .flag), .always("liveSagas", .count),
        ])
}

extension WorkflowList: Described {
    package static let schema = ObjectSchema(
        "WorkflowList", [.always("workflows", .list(of: .of(WorkflowResource.schema)))])
}
