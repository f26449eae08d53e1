import ControlAPI
import SagaCore
import SagaEngine
import TestPrograms
import Testing

/// `POST /v1/sagas/{id}/retry · settle · skip · pause · resume · terminate`.
@Suite(.timeLimit(.minutes(30))) struct OperatorTests {
    /// A saga whose refund the participant has refused.
    private func stuck(_ desk: Desk) async throws -> String {
        desk.participants.script("payment.refund", .refused(code: "closed", message: "the till is closed"))
        let id = try await desk.start()
        _ = try await desk.ask("POST /v1/sagas/\(id)/cancel?wait=settled")
        return id
    }

    @Test func `a stuck saga says what it waits for and which commands help`() async throws {
        try await Desk.open { desk in
            let id = try await stuck(desk)
            let answer = try await desk.ask("GET /v1/sagas?status=stuck").withoutDigits
            #expect(
                answer.contains(
                    """
                    "status":"stuck","reason":"compensation-refused: payment.refund was refused with 'closed' (the till is \
                    closed); its effect is still there"
                    """))
            #expect(
                answer.hasSuffix(
                    """
                    "hint":{"waitsFor":"payment.refund to become possible, or payment.charge (step 4) to be undone by hand",\
                    "commands":["yogictl retry \(id) --reason …","yogictl settle \(id) --step 4 --as succeeded --reason …",\
                    "yogictl skip \(id) --step 4 --reason …"]}}]}
                    """), "\(answer)")
        }
    }

    @Test func `a dry run says what would follow and writes nothing`() async throws {
        try await Desk.open { desk in
            let id = try await stuck(desk)
            let before = try await desk.ask("GET /v1/sagas/\(id)/history")
            let answer = try await desk.ask(
                "POST /v1/sagas/\(id)/retry", body: #"{"reason":"the till is open","dryRun":true}"#)
            #expect(
                answer.hasPrefix("HTTP/1.1 200 OK\nContent-Type: application/json\n\n{\"answer\":\"would\",\"saga\":{"))
            #expect(answer.contains(#""status":"compensating""#))
            #expect(
                answer.hasSuffix(
                    """
                    "records":[{"number":16,"at":"2027-01-01T10:00:00.000Z","type":"operated","fields":{"act":"retry",\
                    "reason":"the till is open","by":"\(Desk.by)"}},{"number":17,"at":"2027-01-01T10:00:00.000Z","type":\
                    "attempted","fields":{"step":4,"direction":"compensation","attempt":2}}],"calls":[{"call":\
                    "payment.refund","step":4,"direction":"compensation","attempt":2,"key":"\(id).4.undo"}]}
                    """), "\(answer)")
            #expect(try await desk.ask("GET /v1/sagas/\(id)/history") == before)
            #expect(desk.participants.count("payment.refund") == 1)
        }
    }

    @Test func `a retry lets the saga end, and names who did it and why`() async throws {
        try await Desk.open { desk in
            let id = try await stuck(desk)
            let answer = try await desk.ask(
                "POST /v1/sagas/\(id)/retry?wait=ended", body: #"{"reason":"  the till is open "}"#)
            #expect(
                answer.hasPrefix("HTTP/1.1 200 OK\nContent-Type: application/json\n\n{\"answer\":\"done\",\"saga\":{"))
            #expect(answer.contains(#""state":"Cancelled","status":"cancelled""#))
            let history = try await desk.ask("GET /v1/sagas/\(id)/history")
            #expect(
                history.contains(
                    #""type":"operated","fields":{"act":"retry","reason":"the till is open","by":"\#(Desk.by)"}"#))
        }
    }

    /// The one act of a saga that waits for evidence that sends its call again, in the words of its hint.
    @Test func `a retry names the step that may be sent twice, and no other is`() async throws {
        var options = Desk.Options()
        options.workflow = Desk.workflow.replacing(
            "call: payment.charge\n", with: "call: payment.charge\n    unknown: ask\n")
        try await Desk.open(options) { desk in
            desk.participants.script("payment.charge", .unknown(message: "no answer"))
            let id = try await desk.start()
            let shown = try await desk.ask("GET /v1/sagas/\(id)")
            #expect(shown.contains("\"yogictl retry \(id) --step 4 --reason …\"]}"), "\(shown)")
            let without = try await desk.ask("POST /v1/sagas/\(id)/retry", body: #"{"reason":"r"}"#)
            #expect(without.hasPrefix("HTTP/1.1 409 Conflict\n"), "\(without)")
            let other = try await desk.ask("POST /v1/sagas/\(id)/retry", body: #"{"reason":"r","step":"Shipping"}"#)
            #expect(other.hasPrefix("HTTP/1.1 409 Conflict\n"), "\(other)")
            #expect(desk.participants.count("payment.charge") == 1)
            let done = try await desk.ask(
                "POST /v1/sagas/\(id)/retry?wait=settled", body: #"{"reason":"the till has no entry","step":"4"}"#)
            #expect(done.contains(#""state":"Reserved","status":"waiting""#), "\(done)")
            #expect(desk.participants.count("payment.charge") == 2)
        }
    }

    @Test func `what the saga cannot take now is 409 with its state`() async throws {
        try await Desk.open { desk in
            let id = try await desk.start()
            let answer = try await desk.ask("POST /v1/sagas/\(id)/resume", body: #"{"reason":"go on"}"#)
            #expect(
                answer == """
                    HTTP/1.1 409 Conflict
                    Content-Type: application/problem+json

                    {"type":"urn:yogiyogi:problem:not-now","title":"Not as the saga is now","status":409,"detail":"the saga is \
                    not paused but waiting","saga":"\(id)","state":"Reserved","sagaStatus":"waiting"}
                    """)
            let step = try await desk.ask(
                "POST /v1/sagas/\(id)/skip", body: #"{"reason":"go on","step":"payment.ship"}"#)
            #expect(
                step.contains(
                    #""detail":"the saga has no step 'payment.ship'; it has 4 (payment.charge in Paying)""#), "\(step)")
        }
    }

    @Test(arguments: [
        ("retry", ""), ("retry", #"{"reason":" \t"}"#), ("terminate", #"{"dryRun":true}"#),
    ])
    func `an act without a reason is 422 and does nothing`(act: String, body: String) async throws {
        try await Desk.open { desk in
            let id = try await stuck(desk)
            let answer = try await desk.ask("POST /v1/sagas/\(id)/\(act)", body: body)
            #expect(
                answer == """
                    HTTP/1.1 422 Unprocessable Entity
                    Content-Type: application/problem+json

                    {"type":"urn:yogiyogi:problem:reason-missing","title":"A reason is missing","status":422,"detail":"what is \
                    done by hand needs a 'reason', which the history keeps"}
                    """)
            #expect(try await desk.sagas()[0].status == "stuck")
        }
    }

    @Test(arguments: [
        ("settle", #"{"reason":"r"}"#, "the body has no 'step': its number, its state or its call"),
        ("settle", #"{"reason":"r","step":4}"#, "the body has no 'as'; it must be 'succeeded' or 'refused'"),
        (
            "settle", #"{"reason":"r","step":4,"as":"done"}"#, "'as' is 'done'; it must be 'succeeded' or 'refused'"
        ),
        ("settle", #"{"reason":"r","step":4,"as":"refused","result":{}}"#, "what was refused has no 'result'"),
        ("skip", #"{"reason":"r","step":[]}"#, "'step' must be the number, the state or the call of a step"),
        ("pause", #"{"reason":"r","step":4}"#, "the body has the unknown member 'step'; it takes 'reason', 'dryRun'"),
        ("pause", #"{"reason":"r","dryRun":1}"#, "'dryRun' must be true or false"),
    ])
    func `an act that cannot be read is 400`(act: String, body: String, detail: String) async throws {
        try await Desk.open { desk in
            let id = try await desk.start()
            let answer = try await desk.ask("POST /v1/sagas/\(id)/\(act)", body: body)
            #expect(
                answer == """
                    HTTP/1.1 400 Bad Request
                    Content-Type: application/problem+json

                    {"type":"urn:yogiyogi:problem:bad-request","title":"Bad request","status":400,"detail":"\(detail)"}
                    """)
        }
    }

    @Test(arguments: [#"4"#, #""Paying""#, #""payment.charge""#, #""payment.refund""#])
    func `a step is named by its number, its state, its call or what undoes it`(step: String) async throws {
        try await Desk.open { desk in
            let id = try await stuck(desk)
            let answer = try await desk.ask(
                "POST /v1/sagas/\(id)/settle",
                body: #"{"reason":"paid back in cash","step":\#(step),"as":"succeeded","result":{"cash":true}}"#)
            #expect(answer.contains(#""state":"Cancelled","status":"cancelled""#), "\(answer)")
            #expect(
                answer.contains(
                    #""act":"settle","reason":"paid back in cash","step":4,"as":"succeeded","result":{"cash":true}"#))
        }
    }

    @Test func `terminate lists what it leaves, and the ledger keeps it`() async throws {
        try await Desk.open { desk in
            desk.participants.hold("payment.charge")
            _ = try await desk.ask("POST /v1/sagas", body: Desk.startBody())
            let id = try await desk.only()
            let effect = { (status: String, outcome: String) in
                """
                {"saga":"\(id)","workflow":"order","status":"\(status)","step":4,"state":"Paying","call":"payment.charge",\
                "participant":"payment","outcome":"\(outcome)","since":"2027-01-01T10:00:00.000Z","key":"\(id).4"}
                """
            }
            let live = try await desk.ask("GET /v1/effects").withoutDigits
            #expect(live.hasSuffix(#"{"effects":[\#(effect("running", "in flight"))]}"#), "\(live)")
            let dry = try await desk.ask("POST /v1/sagas/\(id)/terminate", body: #"{"reason":"lost","dryRun":true}"#)
            #expect(dry.hasSuffix(#""calls":[],"effects":[\#(effect("terminated", "in flight"))]}"#), "\(dry)")
            let done = try await desk.ask("POST /v1/sagas/\(id)/terminate", body: #"{"reason":"lost"}"#)
            #expect(done.contains(#""answer":"done","saga":{"id":"\#(id)""#))
            #expect(done.contains(#""status":"terminated""#))
            #expect(done.hasSuffix(#""calls":[],"effects":[\#(effect("terminated", "unknown"))]}"#), "\(done)")
            for query in ["", "?participant=payment&status=terminated", "?outcome=unknown"] {
                let left = try await desk.ask("GET /v1/effects\(query)").withoutDigits
                #expect(left.hasSuffix(#"{"effects":[\#(effect("terminated", "unknown"))]}"#), "\(query): \(left)")
            }
            for query in ["?participant=payment&status=running", "?status=running", "?outcome=succeeded"] {
                #expect(try await desk.ask("GET /v1/effects\(query)").hasSuffix(#"{"effects":[]}"#))
            }
            let again = try await desk.ask("POST /v1/sagas/\(id)/terminate", body: #"{"reason":"lost"}"#)
            #expect(again.contains(#""detail":"the saga has ended (terminated)""#))
            desk.participants.release("payment.charge")
        }
    }

    @Test func `the ledger is paged by sagas and has nothing of those that ended well`() async throws {
        try await Desk.open { desk in
            let ended = try await desk.start()
            _ = try await desk.ask("POST /v1/sagas/\(ended)/signals/confirm?wait=ended")
            let first = try await desk.start()
            let second = try await desk.start()
            let page = try await desk.ask("GET /v1/effects?limit=1").withoutDigits
            #expect(page.contains(#"{"effects":[{"saga":"\#(second)""#))
            #expect(page.hasSuffix(#""key":"\#(second).4"}],"next":"\#(second)"}"#), "\(page)")
            let last = try await desk.ask("GET /v1/effects?limit=1&after=\(second)").withoutDigits
            #expect(last.contains(#""key":"\#(first).4"}]}"#), "\(last)")
            #expect(!last.contains(ended))
            let wrong = try await desk.ask("GET /v1/effects?outcome=lost")
            let known = "succeeded, unknown, pending, in flight, undoing"
            #expect(wrong.contains("'outcome' is 'lost'; it must be one of \(known)"))
        }
    }
}
