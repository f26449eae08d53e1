public import CEL

/// What a migration says of each live saga of the version that is left.
public struct MigrateAnswer: Sendable, Hashable {
    /// `moved`, or `would` of a check.
    public var answer: String
    /// Newest first; at most the request's `limit`.
    public var sagas: [Item]
    /// The cursor of the next page: `after` it; `nil` on the last one.
    public var next: String?
    /// So many hexadecimal digits of a saga's id name each of these, now and later: 8 or more; `nil` on an empty page.
    public var idDigits: Int?

    /// One saga.
    public struct Item: Sendable, Hashable {
        /// Its whole id.
        public var saga: String
        public var state: String
        public var status: String
        /// Whether it can move, or has.
        public var moves: Bool
        /// Why not, a sentence each.
        public var obstacles: [String]

        /// What is said of one saga.
        public init(saga: String, state: String, status: String, moves: Bool, obstacles: [String]) {
            self.saga = saga
            self.state = state
            self.status = status
            self.moves = moves
            self.obstacles = obstacles
        }
    }

    /// A page; `next` is `nil` on the last one.
    public init(answer: String, sagas: [Item], next: String?, idDigits: Int? = nil) {
        self.idDigits = sagas.isEmpty ? nil : idDigits
        self.answer = answer
        self.sagas = sagas
        self.next = next
    }

    /// Throws for a member that is missing or of another type.
    public init(json: Value) throws(MalformedResource) {
        let members = try Members(json, of: "a migration")
        answer = try members.text("answer")
        sagas = []
        for item in try members.list("sagas") {
            let one = try Members(item, of: "a migration's saga")
            sagas.append(
                Item(
                    saga: try one.text("saga"), state: try one.text("state"), status: try one.text("status"),
                    moves: try one.flag("moves"), obstacles: try one.texts("obstacles")))
        }
        next = try members.optionalText("next")
        idDigits = try members.optionalInteger("idDigits")
    }

    /// `{"answer": …, "sagas": […], "idDigits": …, "next": …}`; no `next` on the last page.
    public var json: Value {
        let sagas = sagas.map { item in
            Value.map(
                MapValue([
                    ("saga", .string(item.saga)), ("state", .string(item.state)), ("status", .string(item.status)),
                    ("moves", .bool(item.moves)), ("obstacles", item.obstacles.json),
                ]))
        }
        return .map(
            MapValue(present: [
                ("answer", .string(answer)), ("sagas", .list(sagas)), ("idDigits", idDigits.map { .int(Int64($0)) }),
                ("next", next.map { .string($0) }),
            ]))
    }
}

extension MigrateAnswer: Described {
    package static let schema = ObjectSchema(
        "MigrateAnswer",
        [
            .always("answer", .word(["would", "moved"])), .always("sagas", .list(of: .of(Item.schema))),
            .maybe("idDigits", .idDigits), .maybe("next", .text),
        ])
}

extension MigrateAnswer.Item {
    static let schema = ObjectSchema(
        "MigrateSaga",
        [
            .always("saga", .sagaID), .always("state", .text), .always("status", .word(SagaResource.statuses)),
            .always("moves", .flag), .always("obstacles", .list(of: .text)),
        ])
}
