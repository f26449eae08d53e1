import CEL

extension Operation {
    /// What moves one saga.
    static func command(_ route: Route) -> Operation {
        switch route {
        case .signal:
            Operation(
                "signalSaga", "Sends a signal.", Parameter.wait + [.idempotencyKey], body: signalBody([]),
                [
                    .json(
                        202, .of(CommandAnswer.schema), "It was handled, or deferred until its state takes it.",
                        fields: [retryAfter])
                ],
                [.signalRefused, .invalidData, .notNow, .sagaFull, .badKey, .paused, .poison])
        case .keyedSignal:
            Operation(
                "signalByKey", "Sends a signal to the saga of a business key; kept for it where none is live.",
                [.idempotencyKey],
                body: signalBody([
                    .maybe("for", .text.orNull.said("For how long it is kept, as 10m; 720h at most."))
                ]),
                [
                    .json(
                        202, .one(of: [.of(CommandAnswer.schema), .of(KeptAnswer.schema)]),
                        "It was handled or deferred, or it is kept.")
                ],
                [
                    .unknownWorkflow, .signalRefused, .invalidData, .notNow, .sagaFull, .badKey, .tooManyKept, .paused,
                    .poison,
                ])
        case .cancel:
            Operation(
                "cancelSaga", "Cancels a saga: what it did is undone.", Parameter.wait,
                body: ObjectSchema("CancelBody", [.maybe("reason", .text.orNull)]),
                [
                    .json(200, .of(CommandAnswer.schema), "It is being cancelled already."),
                    .json(202, .of(CommandAnswer.schema), "Accepted, or deferred.", fields: [retryAfter]),
                ],
                [.tooLate, .notNow, .sagaFull, .paused, .poison])
        default: start
        }
    }

    private static let start: Operation = {
        let link = Link(argument: "$response.body#/id", prefix: "/v1/sagas/{id}")
        func answer(_ status: Int, _ summary: String, _ fields: [Field] = []) -> Response {
            .json(status, .of(SagaResource.schema), summary, fields: [location] + fields, links: link)
        }
        var start = Operation(
            "startSaga", "Starts a saga; the same key with the same input is one.", Parameter.wait,
            body: ObjectSchema(
                "StartBody",
                [
                    .always("workflow", .text), .maybe("version", .text.orNull),
                    .maybe("key", .text(from: 1).orNull), .maybe("input", .any),
                ]),
            [
                answer(200, "The saga that the key names already."), answer(201, "The saga that was started."),
                answer(202, "As it was when the wait ended before its goal.", [retryAfter]),
            ],
            [.unknownWorkflow, .unknownVersion, .keyConflict, .invalidInput, .badKey, .paused, .poison])
        start.example = .map(
            MapValue([
                ("workflow", "reservation"),
                (
                    "input",
                    .map(
                        MapValue([
                            ("name", "Ada"), ("cardNo", "4111111111111111"), ("room", "double"),
                            ("checkIn", "2027-03-01"), ("nights", .int(2)), ("amount", .int(18_000)),
                        ]))
                ),
            ]))
        return start
    }()

    private static func signalBody(_ more: [ObjectSchema.Field]) -> ObjectSchema {
        ObjectSchema(
            "SignalBody",
            [.maybe("data", .any), .maybe("id", .text.orNull.said("As the header 'Idempotency-Key'."))] + more)
    }
}
