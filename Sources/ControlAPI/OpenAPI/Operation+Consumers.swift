import CEL

extension Operation {
    private static let consumer = Schema.of(ConsumerResource.schema)
    private static let words = Schema.one(of: [.text, .list(of: .text)])
    private static let begin: [ObjectSchema.Field] = [
        .maybe("after", Schema.text.orNull.said("The 'cursor' of an event; without 'from'.")),
        .maybe("from", Schema.word(["now", "start"]).orNull),
    ]

    /// Those who are told under a name, as they are read.
    static func told(_ route: Route) -> Operation {
        switch route {
        case .feeds:
            Operation(
                "listConsumers", "Those who are told what happens, by name.",
                [.json(200, .of(ConsumerList.schema), "All of them.")])
        default:
            Operation(
                "showConsumer", "One who is told what happens.", [.json(200, consumer, "How far it is.")],
                [.unknownConsumer, .badConsumer])
        }
    }

    /// PUT and DELETE of one.
    static func change(_ method: String) -> Operation {
        guard method == "PUT" else {
            return Operation(
                "removeConsumer", "Forgets one who is told what happens.",
                [Parameter("reason", .query, .text, "The log keeps it.", isRequired: true)],
                [Response(204, "It is gone.", [])],
                [.unknownConsumer, .configured, .badConsumer, .reasonMissing])
        }
        return Operation(
            "putConsumer", "Makes one who is told what happens, or gives it another filter.",
            body: ObjectSchema(
                "ConsumerBody",
                begin + [
                    .maybe("workflow", words.orNull),
                    .maybe(
                        "kind",
                        .one(of: [
                            .word(HistoryResource.types), .list(of: .word(HistoryResource.types)),
                        ]).orNull),
                ]),
            [
                .json(200, consumer, "As it is now."),
                .json(201, consumer, "The one that was made.", fields: [location]),
            ],
            [.unknownWorkflow, .configured, .tooManyConsumers, .wrongCursor, .badConsumer])
    }

    /// What moves a consumer's cursor.
    static func move(_ route: Route) -> Operation {
        switch route {
        case .acknowledge:
            Operation(
                "acknowledge", "Says that everything up to an event was taken.",
                body: ObjectSchema("AcknowledgeBody", [.always("cursor", .text)]),
                [.json(200, consumer, "How far it is now.")], [.unknownConsumer, .wrongCursor, .badConsumer])
        default:
            Operation(
                "moveConsumer", "Tells a consumer from elsewhere on.",
                body: ObjectSchema("MoveBody", begin + [.always("reason", .text)]),
                [.json(200, consumer, "Where it is now.")],
                [.unknownConsumer, .configured, .wrongCursor, .badConsumer, .reasonMissing])
        }
    }
}
