import CEL
import ControlServer
import SagaCore
import SagaEngine
import TestPrograms
import Testing

/// `POST /v1/calls/{token}/…`: answers that participants bring by themselves.
@Suite(.timeLimit(.minutes(30))) struct CallbackTests {
    /// A saga whose charge is promised, and the token of that.
    private func promised(_ desk: Desk) async throws -> (id: String, token: String) {
        desk.participants.script(
            "payment.charge", .pending(location: nil, message: "answered 202", retryAfter: 3_600_000))
        let id = try await desk.start(wait: "Paying")
        await desk.participants.called("payment.charge")
        let call = try #require(desk.participants.calls.last)
        // The promise is committed when it shows.
        while try await !desk.ask("GET /v1/sagas/\(id)").contains(#""outcome":"pending""#) {}
        return (id, desk.engine.token(of: NamedCall(saga: call.saga, name: call.name)))
    }

    @Test func `what is brought is the outcome, and the same again is the same`() async throws {
        try await Desk.open { desk in
            let (id, token) = try await promised(desk)
            let body = #"{"result":{"receipt":"r-1"}}"#
            let first = try await desk.ask("POST /v1/calls/\(token)/complete", body: body)
            #expect(first == "HTTP/1.1 200 OK\nContent-Type: application/json\n\n{\"answer\":\"settled\"}")
            #expect(
                try await desk.ask("POST /v1/calls/\(token)/complete", body: body).hasSuffix(#"{"answer":"known"}"#))
            let saga = try await desk.ask("GET /v1/sagas/\(id)")
            #expect(saga.contains(#""state":"Reserved""#) && saga.contains(#""receipt":"r-1""#))
            for (act, other) in [
                ("complete", #"{"result":{"receipt":"r-2"}}"#), ("refuse", #"{"code":"declined"}"#), ("fail", "{}"),
                ("extend", #"{"by":"1m"}"#),
            ] {
                let answer = try await desk.ask("POST /v1/calls/\(token)/\(act)", body: other)
                #expect(answer.hasPrefix("HTTP/1.1 409 Conflict"), "\(act)")
                #expect(answer.contains("urn:yogiyogi:problem:call-settled"))
            }
            #expect(try await desk.ask("GET /v1/sagas/\(id)").contains(#""state":"Reserved""#))
            let everything = try await desk.ask("GET /v1/sagas/\(id)/history") + saga
            #expect(!everything.contains(token))
        }
    }

    @Test func `a no, a failure and a wish for more time`() async throws {
        try await Desk.open { desk in
            let (refused, token) = try await promised(desk)
            let no = try await desk.ask(
                "POST /v1/calls/\(token)/refuse", body: #"{"code":"declined","message":"no money"}"#)
            #expect(no.hasSuffix(#"{"answer":"settled"}"#))
            #expect(try await desk.ask("GET /v1/sagas/\(refused)").contains(#""state":"Cancelled""#))

            let (failed, other) = try await promised(desk)
            let more = try await desk.ask(
                "POST /v1/calls/\(other)/extend", body: #"{"by":"2d","progress":"half done"}"#)
            #expect(more.hasSuffix(#"{"answer":"noted","until":"2027-01-03T10:00:00.000Z"}"#))
            let shown = try await desk.ask("GET /v1/sagas/\(failed)/history")
            #expect(shown.contains("half done") && shown.contains(#""until":"2027-01-03T10:00:00.000Z""#))
            let fail = try await desk.ask("POST /v1/calls/\(other)/fail", body: #"{"message":"it fell ill"}"#)
            #expect(fail.hasSuffix(#"{"answer":"noted"}"#))
            #expect(try await desk.ask("GET /v1/sagas/\(failed)").contains(#""outcome":"unknown""#))
        }
    }

    @Test func `a token is needed, and nothing else is let through`() async throws {
        try await Desk.open { desk in
            let (_, token) = try await promised(desk)
            for wrong in ["x", String(token.dropLast()), token + "A", "%00", String(repeating: "A", count: 4_000)] {
                let answer = try await desk.ask("POST /v1/calls/\(wrong)/complete", body: "{}")
                #expect(answer.hasPrefix("HTTP/1.1 404 Not Found") && answer.contains("no-call"), "\(answer)")
            }
            for (act, body) in [
                ("refuse", "{}"), ("refuse", #"{"code":""}"#), ("refuse", #"{"code":7}"#), ("extend", "{}"),
                ("extend", #"{"by":"31d"}"#), ("extend", #"{"by":"0s"}"#), ("extend", #"{"by":"-1s"}"#),
                ("complete", #"{"resut":1}"#), ("complete", "[]"), ("fail", #"{"message":1}"#),
                ("complete?x=1", "{}"),
            ] {
                let answer = try await desk.ask("POST /v1/calls/\(token)/\(act)", body: body)
                #expect(answer.hasPrefix("HTTP/1.1 400 Bad Request"), "\(act) \(body): \(answer)")
            }
            #expect(try await desk.ask("GET /v1/calls/\(token)/complete").hasPrefix("HTTP/1.1 405"))
            #expect(
                try await desk.ask("POST /v1/calls/\(token)/complete", body: #"{"result":1234567890123456789012}"#)
                    .hasPrefix("HTTP/1.1 422"))
        }
    }

    @Test func `an answer in the participant's own words is read as its other answers are`() async throws {
        var options = Desk.Options()
        options.reading = { headers, body, call in
            let word = headers.first { $0.name.lowercased() == "saga-outcome" }?.value
            if word == "refused" { return .refused(code: "declined", message: call.operation.description) }
            guard let value = try? JSON.parse(body) else { return .unknown(message: "its body is no JSON") }
            return .succeeded(result: Document(read: value, from: body))
        }
        try await Desk.open(options) { desk in
            let (id, token) = try await promised(desk)
            let mute = try await desk.ask("POST /v1/calls/\(token)/answer", body: "OK")
            #expect(mute.hasPrefix("HTTP/1.1 422") && mute.contains("unreadable-answer"))
            #expect(try await desk.ask("GET /v1/sagas/\(id)").contains(#""outcome":"pending""#))
            let answer = try await desk.ask("POST /v1/calls/\(token)/answer", body: #"{"receipt":"r-3"}"#)
            #expect(answer.hasSuffix(#"{"answer":"settled"}"#))
            #expect(try await desk.ask("GET /v1/sagas/\(id)").contains(#""receipt":"r-3""#))
            let (other, second) = try await promised(desk)
            let no = try await desk.ask("POST /v1/calls/\(second)/answer", ["Saga-Outcome: refused"], body: "")
            #expect(no.hasSuffix(#"{"answer":"settled"}"#))
            #expect(try await desk.ask("GET /v1/sagas/\(other)").contains(#""state":"Cancelled""#))
        }
    }

    @Test func `in a store that was restored nothing is taken until it is resumed`() async throws {
        var options = Desk.Options()
        options.paused = true
        try await Desk.open(options) { desk in
            let call = NamedCall(saga: SagaID(high: 1, low: 2), name: CallName(number: 3, direction: .forward))
            let path = "/v1/calls/\(desk.engine.token(of: call))/complete"
            let answer = try await desk.ask("POST \(path)", body: "{}")
            #expect(answer.hasPrefix("HTTP/1.1 503"))
        }
    }
}
