import ControlAPI
import Identity

/// What people look at, and the forms there.
extension Operation {
    static let bookPage = Operation(
        "showBookPage", "The page for ordering, filled in by its address.",
        [
            .language, Parameter("checkIn", .query, .text, "A day."), Parameter("nights", .query, .text, "How many."),
            Parameter("room", .query, .text, "Which room."), Parameter("name", .query, .text, "Of the guest."),
        ], [.page("The page.")])

    static let bookForm = form(
        "book", "Orders a room.", OrderRequest.fields, [.elsewhere("To the booking.")]
    ).asking((.sagas, "POST"), (.sagas, "GET"), (.saga, "GET"))

    static let cancelForm = form(
        "cancelBooking", "Cancels an order.", [.maybe("reason", .text)], [.elsewhere("To the booking.")]
    ).asked(ofOrder: .cancel(order: 0)).asking((.saga, "GET"), (.sagas, "GET"), (.cancel, "POST"))

    static let liveFeed: Operation = {
        var feed = Operation(
            "followBooking",
            "An event for whatever happens to an order, a saga or any of them; what it is, its page says.",
            [
                Parameter("booking", .query, .integer(from: 1, to: 1 << 53), "Only of the order of that number."),
                Parameter("saga", .query, .text(from: 1), "Only of the saga of that id."),
                Parameter("after", .query, .count, "Only what is behind this record."),
            ],
            [
                Response(200, "Events.", [.events(.free)]), Response(204, "It is over: nothing comes any more."),
            ], [.missingOrder]
        ).asked(.see(order: 0)).asking((.saga, "GET"), (.sagas, "GET"))
        feed.proofs += [Gateway.Proof.orders, Gateway.Proof.code]
        return feed
    }()

    static let deskPage = Operation(
        "showDesk", "What waits for the hotel's word, the longest first, and who arrives today.", [.language],
        [.page("The page.")]
    ).asking((.sagas, "GET"), (.saga, "GET"))

    static let decideForm = form("decide", "The hotel's word for an order.", [], [.elsewhere("To the desk.")])
        .asking((.signal, "POST"))

    static let operationsPage = Operation(
        "showOperations", "What needs a person, and how the participants are.", [.language], [.page("The page.")]
    ).asking((.sagas, "GET"), (.status, "GET"), (.effects, "GET"))

    static let resumeForm = form("resumeDaemon", "Lets a paused daemon go on.", [], [.elsewhere("To the page.")])
        .asking((.resumeAll, "POST"))

    static let sagasPage = Operation(
        "searchSagas", "The search for sagas, which stands in the address.",
        [
            .language, Parameter("workflow", .query, .text, "Only of this workflow."),
            Parameter("status", .query, .text, "Only of this status."),
            Parameter("state", .query, .text, "Only in this state."),
            Parameter("key", .query, .text, "Only of this business key."),
            Parameter("where", .query, .text, "Only with this attribute: NAME=VALUE."), .after,
            Parameter("act", .query, .text, "Chosen on the page."),
        ], [.page("The page.")]
    ).asking((.sagas, "GET"), (.jobs, "GET"), (.workflows, "GET"))

    static let bulkForm = form(
        "actOnSagas", "Acts on all that the search has found, as a job.",
        ["workflow", "status", "state", "key", "where", "act", "reason"].map { .maybe($0, .text) },
        [.elsewhere("To the search.")]
    ).asking((.jobs, "POST"))

    static let sagaPage = Operation(
        "lookAtSaga", "One saga; with `act` also what that would do, without doing it.",
        [
            .language, Parameter("act", .query, .text, "What is tried."),
            Parameter("name", .query, .text, "Which signal."),
        ], [.page("The page.")]
    ).asking((.saga, "GET"), (.history, "GET"))

    static let actForm: Operation = {
        var act = form(
            "tellSaga", "Tells a saga something, as an operator or as a signal.",
            ["reason", "step", "as", "name", "data"].map { .maybe($0, .text) }, [.elsewhere("To the saga.")]
        ).asking((.signal, "POST"), (.cancel, "POST"), (.settle, "POST"), (.retry, "POST"))
        act.proofs = [Gateway.Proof.token, Gateway.Proof.session]
        return act
    }()

    static let workflowsPage = Operation(
        "showWorkflowsPage", "What is loaded.",
        [.language, Parameter("version", .query, .text, "Chosen on the page.")], [.page("The page.")]
    ).asking((.workflows, "GET"))

    private static func form(
        _ id: String, _ summary: String, _ fields: [ObjectSchema.Field], _ answers: [Response]
    ) -> Operation {
        var form = Operation(
            id, summary, body: ObjectSchema(id + "Form", fields + [.formKey]), answers)
        form.bodyTypes = [Operation.formType]
        form.formFields = [.formToken]
        return form
    }
}
