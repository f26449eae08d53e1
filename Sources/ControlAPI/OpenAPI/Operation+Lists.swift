import CEL

extension Operation {
    /// Sagas and what is of them, by page.
    static func list(_ route: Route) -> Operation {
        switch route {
        case .saga:
            Operation(
                "showSaga", "One saga, with 'wait' as a long poll.", Parameter.wait,
                [
                    .json(200, .of(SagaResource.schema), "The saga."),
                    .json(
                        202, .of(SagaResource.schema), "The saga as it was when the wait ended before its goal.",
                        fields: [retryAfter]),
                ])
        case .history: history
        case .effects:
            Operation(
                "listEffects", "The ledger of outstanding effects, those of the newest saga first.",
                [
                    Parameter("participant", .query, .text, "Only those at this one."), .status,
                    Parameter("outcome", .query, .word(EffectResource.outcomes), "Only those of which this is known."),
                    .limit, .after,
                ],
                [.json(200, .of(EffectList.schema), "A page of effects.")], [.unknownParticipant])
        case .view:
            Operation(
                "showView", "Rows of a read model.",
                [Parameter("key", .query, .text, "Only rows of this key."), .limit, .after],
                [.json(200, .of(ViewList.schema), "A page of rows.")], [.unknownView])
        case .feed: feed
        default: sagas
        }
    }

    private static let sagas = Operation(
        "listSagas", "Sagas, the newest first.",
        [
            Parameter("workflow", .query, .text, "Only sagas of this workflow."),
            Parameter("serial", .query, .integer(from: 1), "Only sagas of this serial."),
            Parameter("key", .query, .text, "Only sagas of this business key; needs 'workflow'."),
            Parameter("state", .query, .text, "Only sagas in this state."), .status,
            Parameter(
                "where", .query, .list(of: .text(like: ":")), "Only sagas with these attributes: NAME:VALUE each."),
            Parameter("alarms", .query, .text, "Only sagas with alarms, whatever it is."), .limit, .after,
        ],
        [.json(200, .of(SagaList.schema), "A page of sagas.")],
        [.unknownWorkflow, .unknownState, .unknownAttribute])

    private static let history = Operation(
        "showHistory", "What happened to a saga, in order.",
        [
            Parameter("follow", .query, .text, "Whatever it is: a record a line until the saga has ended."),
            Parameter("after", .query, .count, "Only records behind this number."), .limit,
        ],
        [
            Response(
                200, "A page of records, or with 'follow' a stream of them.",
                [.json(.of(HistoryList.schema)), .lines(.of(HistoryResource.schema))])
        ])

    private static let feed = Operation(
        "readFeed",
        "All histories as CloudEvents 1.0, in the order of the commits; as lines or server-sent, by 'Accept'.",
        [
            Parameter("after", .query, .text, "The 'cursor' of an event before."),
            Parameter("follow", .query, .text, "Whatever it is: goes on with what comes."),
            Parameter("workflow", .query, .list(of: .text), "Only of these workflows."),
            Parameter("kind", .query, .list(of: .word(HistoryResource.types)), "Only records of these kinds."),
            Parameter("saga", .query, .text, "Only of this saga."),
            Parameter("consumer", .query, .text, "What this one has not acknowledged, by its own filter."),
            Parameter("limit", .query, .integer(from: 1, to: limitMax).or(.int(Int64(limitMax))), "Events of a page."),
            Parameter("Last-Event-ID", .header, .text, "As 'after', which goes first; browsers send it."),
        ],
        [
            Response(
                200, "Events.", [.lines(.of(FeedResource.schema)), .events(.of(FeedResource.schema))],
                fields: [Field(name: "Link", schema: .text)])
        ],
        [.badID, .notFound, .unknownWorkflow, .unknownConsumer, .ambiguous, .wrongCursor, .badConsumer])
}
