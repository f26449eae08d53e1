import CEL

extension Operation {
    private static let reason = ObjectSchema.Field.always("reason", .text.said("The history keeps it."))
    private static let dryRun = ObjectSchema.Field.maybe("dryRun", Schema.flag.orNull.said("Only says what would be."))
    private static let step = Schema.one(of: [.integer(from: 1), .text(from: 1)])
        .said("The number, the state or the call of a step.")

    /// What an operator does to one saga.
    static func act(_ route: Route) -> Operation {
        let members: [ObjectSchema.Field] =
            switch route {
            case .retry: [.maybe("step", step)]
            case .skip: [.always("step", step)]
            case .settle:
                [
                    .always("step", step), .always("as", .word(["succeeded", "refused"])),
                    .maybe("result", .any.said("Of a step that succeeded.")),
                ]
            default: []
            }
        let name = route.lastSegment
        return Operation(
            name + "Saga", "An operator's act: \(name).", Parameter.wait,
            body: ObjectSchema(name + "Body", [reason] + members + [dryRun]),
            [.json(200, .of(OperateAnswer.schema), "What was done, or would be.", fields: [retryAfter])],
            [.notNow, .sagaFull, .cannotMigrate, .reasonMissing, .invalidData, .paused, .poison])
    }

    /// What an operator does to the daemon and to many sagas.
    static func care(_ route: Route) -> Operation {
        switch route {
        case .jobs: job
        case .migrate: migrate
        case .rebuildView:
            Operation(
                "rebuildView", "Writes the rows of a view anew, in small steps.", body: ObjectSchema("NoBody", []),
                [.json(202, .of(ViewStateResource.schema), "How far it is.")], [.unknownView])
        case .resumeAll:
            Operation(
                "resumeAll", "Lets a daemon that was started paused go on.", body: ObjectSchema("ResumeBody", [reason]),
                [.json(200, .of(ResumeAnswer.schema), "It goes on.")], [.reasonMissing])
        case .rekey:
            Operation(
                "rekey", "Seals the store with a new data key.",
                body: ObjectSchema("RekeyBody", [reason, .maybe("wrapOnly", Schema.flag.orNull)]),
                [.json(200, .of(RekeyAnswer.schema), "How it is sealed now.")], [.reasonMissing, .badKey])
        case .reload:
            Operation(
                "reload", "Loads workflows and configuration again, whole or not at all.",
                body: ObjectSchema("NoBody", []), [.json(200, .of(ReloadAnswer.schema), "What changed.")],
                [.reloadRefused, .reloadObstructed])
        default:
            Operation(
                "backUp", "A copy of the store, of one moment.", body: ObjectSchema("NoBody", []),
                [
                    Response(
                        200, "A database of SQLite.", [Content(type: "application/vnd.sqlite3", schema: .bytes)],
                        fields: [Field(name: "Store-Path", schema: .text)])
                ],
                [.backingUp])
        }
    }

    private static let job = Operation(
        "acceptJob", "Does an act to every saga that is chosen, at a pace.",
        body: ObjectSchema(
            "JobBody",
            [
                .always("act", .word(JobResource.acts)), .maybe("workflow", .text.orNull),
                .maybe("state", .text.orNull), .maybe("status", Schema.word(SagaResource.statuses).orNull),
                .maybe("where", .list(of: .text(like: ":"))),
                .maybe("rate", .text.orNull.said("As 50/s, which it is unless told, 10/m or 3/h.")), reason, dryRun,
            ]),
        [
            .json(200, .of(JobPreview.schema), "What it would be done to."),
            .json(
                202, .of(JobResource.schema), "The job.", fields: [location],
                links: Link(argument: "$response.body#/id", prefix: "/v1/jobs/{id}")),
        ],
        [
            .unknownWorkflow, .unknownState, .unknownAttribute, .reasonMissing, .tooManySagas, .tooManyJobs, .paused,
        ])

    private static let migrate = Operation(
        "migrateSagas", "Moves the sagas of a version to another one, a page at a time.",
        body: ObjectSchema(
            "MigrateBody",
            [
                .always("from", .text), .always("to", .text),
                .maybe("check", Schema.flag.orNull.said("Only says which would move.")), reason,
                .maybe("limit", .integer(from: 1, to: limitMax)), .maybe("after", .text.orNull),
            ]),
        [.json(200, .of(MigrateAnswer.schema), "What moved, or would.")],
        [.unknownWorkflow, .unknownVersion, .cannotMigrate, .reasonMissing, .paused])
}
