import CEL

extension Operation {
    /// All of the control socket, in the order of the table of routes.
    package static let control = Route.allCases.flatMap { route in route.methods.map { route.operation($0) } }

    private static let byRoute = Dictionary(
        uniqueKeysWithValues: control.map { (Key(path: $0.path, method: $0.method), $0) })

    private struct Key: Hashable {
        var path: String
        var method: String
    }

    /// What a route does with a method; `nil` where it has none of that name.
    package static func of(_ route: Route, _ method: String) -> Operation? {
        byRoute[Key(path: route.rawValue, method: method)]
    }
}

extension Route {
    fileprivate func operation(_ method: String) -> Operation {
        var operation =
            switch method {
            case "GET", "HEAD": getting
            case "POST": posting
            default: Operation.change(method)
            }
        operation.path = rawValue
        operation.method = method
        operation.roles = roles(for: method).map(\.rawValue)
        operation.parameters = pathParameters + operation.parameters + [.behalf]
        if method == "HEAD" { operation = operation.onlyHead }
        var problems = ProblemKind.everywhere
        if operation.body != nil { problems += ProblemKind.ofBodies }
        if rawValue.hasPrefix("/v1/sagas/{id}") { problems += ProblemKind.ofSagas }
        return operation.saying(problems)
    }

    private var getting: Operation {
        switch self {
        case .sagas, .saga, .history, .effects, .view, .feed: .list(self)
        case .feeds, .consumer: .told(self)
        default: .look(self)
        }
    }

    private var posting: Operation {
        switch self {
        case .sagas, .signal, .keyedSignal, .cancel: .command(self)
        case .acknowledge, .moveConsumer: .move(self)
        case .complete, .refuse, .fail, .extend, .answer: .callback(self)
        case .retry, .settle, .skip, .pause, .resume, .terminate: .act(self)
        default: .care(self)
        }
    }

    /// What its braces name.
    private var pathParameters: [Operation.Parameter] {
        rawValue.split(separator: "/").filter { $0.hasPrefix("{") }.map { segment in
            let name = String(segment.dropFirst().dropLast())
            return switch (self, name) {
            case (.consumer, _), (.acknowledge, _), (.moveConsumer, _):
                Operation.Parameter(name, .path, .text(from: 1), "The name of the consumer.")
            case (.job, _): Operation.Parameter(name, .path, .integer(from: 1), "The number of the job.")
            case (_, "id"):
                Operation.Parameter(
                    name, .path, .text(from: 1),
                    "The id of the saga, the first 8 digits or more of it, or its workflow and serial: reservation:17.")
            case (.signal, _), (_, "signal"):
                Operation.Parameter(name, .path, .text(from: 1), "The name of the signal, as the workflow has it.")
            case (_, "token"):
                Operation.Parameter(name, .path, .text(from: 1), "Of the call, as its Saga-Callback has it.")
            case (_, "key"): Operation.Parameter(name, .path, .text(from: 1), "The business key of the saga.")
            case (_, "view"): Operation.Parameter(name, .path, .text(from: 1), "The name of the view.")
            default: Operation.Parameter(name, .path, .text(from: 1), "The name of the workflow.")
            }
        }
    }
}

extension Operation.Parameter {
    static let behalf = Operation.Parameter(
        "Saga-On-Behalf-Of", .header, .text(from: 1, to: 128, like: "^[!-~]+$"),
        "Whom the caller speaks for, as user:ada; takes the role front or operator. Histories show it.")
    static let idempotencyKey = Operation.Parameter(
        "Idempotency-Key", .header, .text, "The same signal with the same key is one; as 'id' in the body.")
    static let limit = Operation.Parameter(
        "limit", .query, .integer(from: 1, to: Operation.limitMax).or(100), "How many a page has at most.")
    static let after = Operation.Parameter("after", .query, .text, "The 'next' of the page before.")
    static let place = Operation.Parameter("after", .query, .count, "The 'next' of the page before.")
    static let status = Operation.Parameter(
        "status", .query, .word(SagaResource.statuses), "Only sagas of this status.")
    static let wait = [
        Operation.Parameter(
            "wait", .query, .text,
            "Response when the saga has got there: 'settled', 'ended', or a state of its workflow."
        ),
        Operation.Parameter(
            "timeout", .query, .text, "For how long at most, as 30s, which it is unless told, or 500ms. Needs 'wait'."),
    ]
}

extension Operation {
    /// The most that a page may have.
    package static let limitMax = 1_000

    /// After how many seconds it is worth to ask again.
    package static let retryAfter = Field(name: "Retry-After", schema: .count)
    /// Where the new one is.
    package static let location = Field(name: "Location", schema: .text, isRequired: true)
}

extension Operation.Response {
    /// With a body of that schema, as `application/json` alone.
    package static func json(
        _ status: Int, _ schema: Schema, _ summary: String, fields: [Operation.Field] = [],
        links: Operation.Link? = nil
    ) -> Operation.Response {
        Operation.Response(status, summary, [.json(schema)], fields: fields, links: links)
    }
}
