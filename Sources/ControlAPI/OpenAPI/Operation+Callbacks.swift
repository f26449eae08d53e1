import CEL

extension Operation {
    /// What a participant brings to a call by its token.
    static func callback(_ route: Route) -> Operation {
        switch route {
        case .complete:
            brought("completeCall", "Says that a call has happened.", [.maybe("result", .any)])
        case .refuse:
            brought(
                "refuseCall", "Says that a call has not happened and will not.",
                [.always("code", .text(from: 1, to: 128)), .maybe("message", .text.orNull)])
        case .fail:
            brought("failCall", "Says that nobody knows what became of a call.", [.maybe("message", .text.orNull)])
        case .extend:
            brought(
                "extendCall", "Asks for more time for a call.",
                [.always("by", .text.said("As 10m; 30d at most.")), .maybe("progress", .text.orNull)])
        default:
            Operation(
                "answerCall", "An answer in the participant's own words, read by the rules of its other answers.",
                [good], [.noCall, .callSettled, .unreadableAnswer, .bodyTooLarge, .paused])
        }
    }

    private static let good = Response.json(
        200, .of(CallbackAnswer.schema), "It settles the call, was noted, or was known.")

    private static func brought(_ id: String, _ summary: String, _ members: [ObjectSchema.Field]) -> Operation {
        Operation(
            id, summary, body: ObjectSchema(id.prefix(1).uppercased() + id.dropFirst() + "Body", members), [good],
            [.noCall, .callSettled, .paused])
    }
}

extension CallbackAnswer: Described {
    package static let schema = ObjectSchema(
        "CallbackAnswer",
        [.always("answer", .word(["settled", "noted", "known"])), .maybe("until", .time)])
}
