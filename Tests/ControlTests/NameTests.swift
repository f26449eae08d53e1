import TestPrograms
import Testing

/// What is asked for by a name that nothing has.
@Suite(.timeLimit(.minutes(30))) struct NameTests {
    @Test(arguments: [
        ("GET /v1/sagas?workflow=ordre", "unknown-workflow", "there is no workflow 'ordre'; known: order"),
        (
            "GET /v1/sagas?workflow=order&state=Payign", "unknown-state",
            "there is no state of workflow 'order' 'Payign'; known: Cancelled, Confirmed, Paying, Reserved, Shipping"
        ),
        ("GET /v1/sagas?where=gest:Ann", "unknown-attribute", "there is no attribute 'gest'; known: guest, receipt"),
        ("GET /v1/effects?participant=pay", "unknown-participant", "there is no participant 'pay'; known: payment"),
        ("GET /v1/jobs/999", "unknown-job", "there is no job 999"),
        ("GET /v1/views/mien", "unknown-view", "there is no view 'mien'; known: mine"),
    ])
    func `a name that nothing has is 404 and names its kind`(request: String, code: String, detail: String) async throws
    {
        try await Desk.open { desk in
            let answer = try await desk.ask(request)
            #expect(answer.hasPrefix("HTTP/1.1 404 Not Found\n"))
            #expect(answer.contains("\"type\":\"urn:yogiyogi:problem:\(code)\""), "\(answer)")
            #expect(answer.contains("\"detail\":\"\(detail)\""), "\(answer)")
        }
    }

    @Test func `a name that something has and nothing fits is an empty page`() async throws {
        try await Desk.open { desk in
            for query in ["workflow=order", "state=Shipping", "where=guest:Nobody", "status=stuck"] {
                let answer = try await desk.ask("GET /v1/sagas?\(query)")
                #expect(answer.hasSuffix(#"{"sagas":[]}"#))
            }
        }
    }

    @Test func `a page says how many digits name its sagas, and so many do`() async throws {
        try await Desk.open { desk in
            let id = try await desk.start()
            desk.advance(milliseconds: 200_000)
            #expect(try await desk.ask("GET /v1/sagas").hasSuffix(#"],"idDigits":8}"#))
            #expect(try await desk.ask("GET /v1/sagas/\(id.prefix(8))").contains(id))
            #expect(try await desk.ask("GET /v1/views/mine").hasSuffix(#"],"idDigits":8}"#))
            #expect(try await desk.ask("GET /v1/effects").hasSuffix(#"],"idDigits":8}"#))
        }
    }
}
