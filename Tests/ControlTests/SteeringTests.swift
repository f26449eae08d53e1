import ControlAPI
import SagaCore
import TestPrograms
import Testing

/// `POST /v1/sagas/{id}/signals/{name}` and `POST /v1/sagas/{id}/cancel`.
@Suite(.timeLimit(.minutes(30))) struct SteeringTests {
    @Test func `a handled signal is 202 with the saga after it`() async throws {
        try await Desk.open { desk in
            let id = try await desk.start()
            let answer = try await desk.ask(
                "POST /v1/sagas/\(id)/signals/confirm?wait=ended", body: #"{"data":{"by":"desk"}}"#)
            #expect(
                answer == """
                    HTTP/1.1 202 Accepted
                    Content-Type: application/json

                    {"answer":"handled","saga":{"id":"\(id)","serial":1,"key":"\(id)","workflow":"order","version":"1","state":\
                    "Confirmed","status":"succeeded","startedAt":"2027-01-01T10:00:00.000Z",\
                    "updatedAt":"2027-01-01T10:00:00.000Z","input":{"name":"Ann","cardNo":"***","amount":100},"vars":\
                    {"receipt":"none"},"attributes":{"guest":"Ann","receipt":"none"},"steps":[{"number":4,"state":"Paying",\
                    "call":"payment.charge","outcome":"succeeded","armed":true,"key":"\(id).4","attempts":1},{"number":13,\
                    "state":"Shipping","call":"payment.ship","outcome":"succeeded","armed":true,"key":"\(id).13",\
                    "attempts":1}],"timers":[],"signals":[]}}
                    """)
        }
    }

    @Test func `a deferred signal is 202 and taken later`() async throws {
        try await Desk.open { desk in
            desk.participants.hold("payment.charge")
            _ = try await desk.ask("POST /v1/sagas", body: Desk.startBody())
            let id = try await desk.only()
            let answer = try await desk.ask("POST /v1/sagas/\(id)/signals/confirm")
            #expect(
                answer.hasPrefix("HTTP/1.1 202 Accepted\nContent-Type: application/json\n\n{\"answer\":\"deferred\","))
            desk.participants.release("payment.charge")
            let ended = try await desk.ask("GET /v1/sagas/\(id)?wait=ended")
            #expect(ended.contains(#""state":"Confirmed","status":"succeeded""#))
        }
    }

    @Test(arguments: [
        ("later", "state 'Paying' refuses signal 'later'"),
        ("nonsense", "state 'Paying' does not take signal 'nonsense'"),
        ("con%2Ffirm%20me", "state 'Paying' does not take signal 'con/firm me'"),
    ])
    func `a refused signal is 409 with the state, the reason and what it takes`(name: String, reason: String)
        async throws
    {
        try await Desk.open { desk in
            desk.participants.hold("payment.charge")
            _ = try await desk.ask("POST /v1/sagas", body: Desk.startBody())
            let id = try await desk.only()
            let answer = try await desk.ask("POST /v1/sagas/\(id)/signals/\(name)")
            #expect(
                answer == """
                    HTTP/1.1 409 Conflict
                    Content-Type: application/problem+json

                    {"type":"urn:yogiyogi:problem:signal-refused","title":"Signal refused","status":409,"detail":"\(reason)",\
                    "saga":"\(id)","state":"Paying","sagaStatus":"running","signals":["confirm"]}
                    """)
        }
    }

    @Test func `a signal to an ended saga is refused and says so`() async throws {
        try await Desk.open { desk in
            let id = try await desk.start()
            _ = try await desk.ask("POST /v1/sagas/\(id)/signals/confirm?wait=ended")
            let answer = try await desk.ask("POST /v1/sagas/\(id)/signals/confirm")
            #expect(
                answer == """
                    HTTP/1.1 409 Conflict
                    Content-Type: application/problem+json

                    {"type":"urn:yogiyogi:problem:signal-refused","title":"Signal refused","status":409,"detail":"the saga \
                    has ended (succeeded)","saga":"\(id)","state":"Confirmed","sagaStatus":"succeeded","signals":[]}
                    """)
        }
    }

    @Test func `the same id gets the first answer again, from the header as from the body`() async throws {
        try await Desk.open { desk in
            let id = try await desk.start()
            let path = "POST /v1/sagas/\(id)/signals/confirm?wait=ended"
            let first = try await desk.ask(path, ["Idempotency-Key: s-1"])
            #expect(first.hasPrefix("HTTP/1.1 202 Accepted\n"))
            let again = try await desk.ask(path, ["Idempotency-Key: s-1"])
            let inBody = try await desk.ask(path, body: #"{"id":"s-1"}"#)
            let both = try await desk.ask(path, ["Idempotency-Key: s-1"], body: #"{"id":"s-1"}"#)
            #expect([again, inBody, both].allSatisfy { $0 == first })
            #expect(desk.participants.calls.count { $0.operation.description == "payment.ship" } == 1)
            let other = try await desk.ask(path, ["Idempotency-Key: s-2"])
            #expect(other.hasPrefix("HTTP/1.1 409 Conflict\n"))
        }
    }

    @Test func `a refusal is remembered with its id too`() async throws {
        try await Desk.open { desk in
            desk.participants.hold("payment.charge")
            _ = try await desk.ask("POST /v1/sagas", body: Desk.startBody())
            let id = try await desk.only()
            let first = try await desk.ask("POST /v1/sagas/\(id)/signals/reject", ["Idempotency-Key: s-1"])
            #expect(first.contains("state 'Paying' does not take signal 'reject'"))
            desk.participants.release("payment.charge")
            _ = try await desk.ask("GET /v1/sagas/\(id)?wait=Reserved")
            let again = try await desk.ask("POST /v1/sagas/\(id)/signals/reject", ["Idempotency-Key: s-1"])
            #expect(again.contains(#""detail":"state 'Paying' does not take signal 'reject'","#))
            #expect(again.contains(#""state":"Reserved","sagaStatus":"waiting","signals":["confirm","reject","pick"]"#))
        }
    }

    @Test(arguments: [
        (
            #"{"id":"b"}"#, ["Idempotency-Key: a"], "the Idempotency-Key header ('a') and 'id' ('b') differ"
        ),
        (#"{"id":7}"#, [], "'id' must be a string"),
        (#"{"dat":1}"#, [], "the body has the unknown member 'dat'; it takes 'data', 'id'"),
        (#"[]"#, [], "the body must be a JSON object with 'data', 'id'"),
    ])
    func `a signal that cannot be read is 400`(body: String, fields: [String], detail: String) async throws {
        try await Desk.open { desk in
            let id = try await desk.start()
            let answer = try await desk.ask("POST /v1/sagas/\(id)/signals/confirm", fields, body: body)
            #expect(
                answer == """
                    HTTP/1.1 400 Bad Request
                    Content-Type: application/problem+json

                    {"type":"urn:yogiyogi:problem:bad-request","title":"Bad request","status":400,"detail":"\(detail)"}
                    """)
            #expect(try await desk.sagas()[0].state == "Reserved")
        }
    }

    @Test func `a condition that lets a signal not through refuses it, and so does one that fails`()
        async throws
    {
        try await Desk.open { desk in
            let id = try await desk.start()
            let short = try await desk.ask("POST /v1/sagas/\(id)/signals/pick", body: #"{"data":{"size":1}}"#)
            #expect(short.contains(#""detail":"no condition of state 'Reserved' lets signal 'pick' through","#))
            let broken = try await desk.ask("POST /v1/sagas/\(id)/signals/pick", body: #"{"data":{}}"#)
            #expect(broken.hasPrefix("HTTP/1.1 409 Conflict\n"))
            #expect(
                broken.hasSuffix(#""state":"Reserved","sagaStatus":"waiting","signals":["confirm","reject","pick"]}"#),
                "\(broken)")
            let saga = try await desk.ask("GET /v1/sagas/\(id)")
            #expect(saga.contains(#""state":"Reserved","status":"waiting","startedAt""#), "\(saga)")
        }
    }

    @Test func `a cancel is accepted, and after that already`() async throws {
        try await Desk.open { desk in
            desk.participants.hold("payment.refund")
            let id = try await desk.start()
            let accepted = try await desk.ask("POST /v1/sagas/\(id)/cancel", body: #"{"reason":"changed my mind"}"#)
            #expect(
                accepted.hasPrefix("HTTP/1.1 202 Accepted\nContent-Type: application/json\n\n{\"answer\":\"accepted\",")
            )
            #expect(accepted.contains(#""status":"compensating""#))
            let undoing = try await desk.ask("POST /v1/sagas/\(id)/cancel")
            #expect(
                undoing.hasPrefix(
                    "HTTP/1.1 200 OK\nContent-Type: application/json\n\n{\"answer\":\"already\",\"saga\":{\"id\":\"\(id)\","
                ))
            desk.participants.release("payment.refund")
            let ended = try await desk.ask("POST /v1/sagas/\(id)/cancel?wait=ended")
            #expect(ended.hasPrefix("HTTP/1.1 200 OK\nContent-Type: application/json\n\n{\"answer\":\"already\","))
            #expect(ended.contains(#""state":"Cancelled","status":"cancelled""#))
        }
    }

    @Test func `a cancel that comes too late is 409 with the state that made it so`() async throws {
        try await Desk.open { desk in
            desk.participants.hold("payment.ship")
            let id = try await desk.start()
            _ = try await desk.ask("POST /v1/sagas/\(id)/signals/confirm")
            let shipping = try await desk.ask("POST /v1/sagas/\(id)/cancel")
            #expect(
                shipping == """
                    HTTP/1.1 409 Conflict
                    Content-Type: application/problem+json

                    {"type":"urn:yogiyogi:problem:too-late","title":"Too late to cancel","status":409,"detail":"saga \(id) \
                    cannot be cancelled any more: state 'Shipping' made it so","saga":"\(id)","state":"Shipping",\
                    "sagaStatus":"running"}
                    """)
            desk.participants.release("payment.ship")
            _ = try await desk.ask("GET /v1/sagas/\(id)?wait=ended")
            let ended = try await desk.ask("POST /v1/sagas/\(id)/cancel")
            #expect(ended.hasSuffix(#""saga":"\#(id)","state":"Confirmed","sagaStatus":"succeeded"}"#), "\(ended)")
        }
    }

    @Test func `a cancel while a call is in flight settles it first`() async throws {
        try await Desk.open { desk in
            desk.participants.hold("payment.charge")
            _ = try await desk.ask("POST /v1/sagas", body: Desk.startBody())
            let id = try await desk.only()
            let answer = try await desk.ask("POST /v1/sagas/\(id)/cancel")
            #expect(answer.contains(#"{"answer":"accepted","saga":{"#))
            #expect(answer.contains(#""state":"Paying","status":"cancelling""#))
            desk.participants.release("payment.charge")
            let ended = try await desk.ask("GET /v1/sagas/\(id)?wait=ended")
            #expect(ended.contains(#""outcome":"compensated""#))
        }
    }

    @Test(arguments: [
        (#"{"reason":1}"#, "'reason' must be a string"),
        (#"{"why":"x"}"#, "the body has the unknown member 'why'; it takes 'reason'"),
    ])
    func `a cancel that cannot be read is 400 and cancels nothing`(body: String, detail: String) async throws {
        try await Desk.open { desk in
            let id = try await desk.start()
            let answer = try await desk.ask("POST /v1/sagas/\(id)/cancel", body: body)
            #expect(answer.hasPrefix("HTTP/1.1 400 Bad Request\n"))
            #expect(answer.hasSuffix(#""detail":"\#(detail)"}"#))
            #expect(try await desk.sagas()[0].cancel == nil)
        }
    }
}
