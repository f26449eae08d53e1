import ControlAPI
import Identity
import Pages

/// Where things are, who one is, and the lists of the desk.
extension Operation {
    static let index = Operation(
        "showIndex", "Where things are; for browsers the page on which one begins.", [.language],
        [Response(200, "Links.", [.hal(HAL.index)]), .elsewhere("To the page.")])

    static let document = Operation("showGatewayOpenAPI", "This document.", [.json(200, .free, "OpenAPI 3.1.")])

    static let health = Operation(
        "showGatewayHealth", "Whether the daemon makes progress.",
        [
            .json(200, .of(GatewayHealth.schema), "It does."),
            .json(503, .of(GatewayHealth.schema), "It does not, or cannot be reached."),
        ])

    static let callBack = Operation(
        "bringAnswer", "An answer to a call that comes later, by the token of its Saga-Callback.",
        [Parameter("token", .path, .text(from: 1), "Of the call.")],
        [.json(200, .of(CallbackAnswer.schema), "It settles the call, was noted, or was known.")],
        [.noCall, .callSettled, .unreadableAnswer, .bodyTooLarge])

    static let whoAmI = Operation(
        "whoAmI", "Who asks, and what a request by a cookie has to show; for browsers the page for signing in.",
        [.language, Parameter("next", .query, .text, "Where one goes on.")],
        [Response(200, "Who it is.", [.hal(HAL.who), .page])])

    static let signIn = Operation(
        "signIn", "Takes a token once, and gives a session.",
        body: ObjectSchema(
            "Token",
            [.always("token", .text(from: 1)), .maybe("next", .text), .formKey]),
        [Response(200, "Who it is, with the cookie of the session.", [.hal(HAL.who)]), .elsewhere("To the page.")]
    ).sent()

    static let signOut = Operation(
        "signOut", "Ends the session, and lets the browser forget its orders.",
        [Response(200, "Nobody.", [.hal(HAL.who)]), .elsewhere("To the page.")])

    static let myPages = Operation(
        "listMyPages", "What guests see of their orders.",
        [.size, .after, Parameter("name", .query, .text, "Only those of this guest.")],
        [.hal(200, HAL.page(of: "mypages", HAL.row), "A page of rows.")]
    ).asking((.view, "GET"))

    static let hotelViews = Operation(
        "listHotelViews", "What the hotel sees of them.",
        [.size, .after, Parameter("room", .query, .text, "Only those of this room.")],
        [.hal(200, HAL.page(of: "hotelViews", HAL.row), "A page of rows.")]
    ).asking((.view, "GET"))

    /// What a participant itself says.
    static func list(_ list: ParticipantLists.List) -> Operation {
        Operation(
            "list" + list.rawValue.prefix(1).uppercased() + list.rawValue.dropFirst(),
            "What the \(list.participant.rawValue) service itself says.",
            [.size, Parameter("after", .query, .count, "As the link `next` of the page before has it.")],
            [.hal(200, HAL.page(of: list.rawValue, HAL.foreign), "A page of what it has.")],
            [.participantAway])
    }

    static func file(_ asset: PageAsset) -> Operation {
        let type = String(asset.contentType.prefix { $0 != ";" })
        let name = type == "text/css" ? "StyleSheet" : "Script"
        return Operation(
            "show" + name, "For the pages; browsers may keep it for ever.",
            [Response(200, "It.", [Content(type: type, schema: .text)])])
    }
}

extension Operation {
    /// As JSON or as a form.
    func sent() -> Operation {
        var operation = self
        operation.bodyTypes.append(Operation.formType)
        operation.formFields = [.formToken]
        return operation
    }
}

extension Operation.Content {
    static let page = Operation.Content(type: "text/html", schema: .text)

    static func hal(_ object: ObjectSchema) -> Operation.Content {
        Operation.Content(type: "application/hal+json", schema: .of(object))
    }
}

extension Operation.Response {
    static func hal(
        _ status: Int, _ object: ObjectSchema, _ summary: String, _ fields: [Operation.Field] = [],
        _ links: Operation.Link? = nil
    ) -> Operation.Response {
        Operation.Response(status, summary, [.hal(object)], fields: fields, links: links)
    }

    /// Without a body.
    static func elsewhere(_ summary: String) -> Operation.Response {
        Operation.Response(303, summary, fields: [Operation.location])
    }

    static func page(_ summary: String) -> Operation.Response { Operation.Response(200, summary, [.page]) }
}

extension ObjectSchema.Field {
    static let formKey = ObjectSchema.Field.maybe(Gateway.keyField, .key)
    static let formToken = ObjectSchema.Field.maybe(
        Entry.formField, Schema.text.said("Of a form that a browser sends: what GET /sign-in says."))
}
