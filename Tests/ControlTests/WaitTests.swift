import SagaEngine
import TestPrograms
import Testing

/// `wait=settled|ended|STATE&timeout=…`.
@Suite(.timeLimit(.minutes(30))) struct WaitTests {
    @Test(arguments: ["settled", "Reserved"])
    func `a start is answered when the saga has got there`(goal: String) async throws {
        try await Desk.open { desk in
            desk.participants.hold("payment.charge")
            async let answer = desk.ask("POST /v1/sagas?wait=\(goal)&timeout=20s", body: Desk.startBody())
            await desk.participants.called("payment.charge")
            try await desk.until { $0.waits == 1 }
            desk.participants.release("payment.charge")
            let text = try await answer
            #expect(text.hasPrefix("HTTP/1.1 201 Created\n"))
            #expect(text.contains(#""state":"Reserved","status":"waiting""#))
            try await desk.until { $0.waits == 0 }
        }
    }

    @Test func `when the time runs out the answer is 202 with where the saga is`() async throws {
        try await Desk.open { desk in
            desk.participants.hold("payment.charge")
            async let started = desk.ask("POST /v1/sagas?wait=ended&timeout=2s", body: Desk.startBody())
            try await desk.until { $0.waits == 1 }
            let id = try await desk.only()
            async let looked = desk.ask("GET /v1/sagas/\(id)?wait=settled&timeout=1m")
            try await desk.until { $0.waits == 2 }
            desk.advance(milliseconds: 1_999)
            _ = await desk.engine.probe()
            #expect(try await desk.engine.status().waits == 2)
            desk.advance(milliseconds: 1)
            let first = try await started
            #expect(
                first.hasPrefix("HTTP/1.1 202 Accepted\nLocation: /v1/sagas/\(id)\nContent-Type: application/json\n\n{")
            )
            #expect(first.hasSuffix(#","signals":["confirm"],"reached":false}"#), "\(first)")
            // The default is 30 s; this one has 58 s left.
            desk.advance(milliseconds: 58_000)
            let second = try await looked
            #expect(second.hasPrefix("HTTP/1.1 202 Accepted\nContent-Type: application/json\n\n{"))
            #expect(second.hasSuffix(#","reached":false}"#))
            desk.participants.release("payment.charge")
            let settled = try await desk.ask("GET /v1/sagas/\(id)?wait=settled")
            #expect(settled.hasPrefix("HTTP/1.1 200 OK\n"))
            #expect(!settled.contains("reached"))
        }
    }

    @Test func `a timeout of nothing is a look`() async throws {
        try await Desk.open { desk in
            desk.participants.hold("payment.charge")
            let answer = try await desk.ask("POST /v1/sagas?wait=settled&timeout=0s", body: Desk.startBody())
            #expect(answer.hasPrefix("HTTP/1.1 202 Accepted\n"))
        }
    }

    @Test func `a state that the saga can no longer reach is answered at its end`() async throws {
        try await Desk.open { desk in
            let id = try await desk.start()
            async let answer = desk.ask("GET /v1/sagas/\(id)?wait=Confirmed&timeout=20s")
            try await desk.until { $0.waits == 1 }
            _ = try await desk.ask("POST /v1/sagas/\(id)/signals/reject")
            let text = try await answer
            #expect(text.hasPrefix("HTTP/1.1 200 OK\n"))
            #expect(text.contains(#""state":"Cancelled","status":"cancelled""#))
        }
    }

    @Test func `a signal and a cancel wait too`() async throws {
        try await Desk.open { desk in
            let id = try await desk.start()
            let confirmed = try await desk.ask("POST /v1/sagas/\(id)/signals/confirm?wait=ended")
            #expect(
                confirmed.hasPrefix("HTTP/1.1 202 Accepted\nContent-Type: application/json\n\n{\"answer\":\"handled\",")
            )
            #expect(confirmed.contains(#""state":"Confirmed","status":"succeeded""#))
            let other = try await desk.start()
            desk.participants.hold("payment.refund")
            async let cancelled = desk.ask("POST /v1/sagas/\(other)/cancel?wait=ended&timeout=3s")
            try await desk.until { $0.waits == 1 }
            desk.advance(milliseconds: 3_000)
            let text = try await cancelled
            #expect(
                text.hasPrefix("HTTP/1.1 202 Accepted\nContent-Type: application/json\n\n{\"answer\":\"accepted\","))
            #expect(text.contains(#""state":"Reserved","status":"compensating""#))
            #expect(text.hasSuffix(#","leavingTo":"Cancelled","cancel":"accepted","reached":false}}"#), "\(text)")
        }
    }

    @Test(arguments: [
        (
            "wait=Reservde",
            "'wait' is 'Reservde'; it must be 'settled', 'ended' or a state of 'order' 1: Paying, Reserved, Shipping, "
                + "Confirmed, Cancelled"
        ),
        ("timeout=3s", "'timeout' needs 'wait'"),
        ("wait=ended&timeout=3", "'timeout' is '3'; it must be a duration such as 30s or 500ms"),
        ("wait=ended&timeout=-3s", "'timeout' is '-3s'; it must be a duration such as 30s or 500ms"),
        ("wait=ended&timeout=", "'timeout' is ''; it must be a duration such as 30s or 500ms"),
        ("await=ended", "unknown query parameter 'await'; it takes 'wait', 'timeout'"),
    ])
    func `a wait that cannot be is 400, and nothing was started`(query: String, detail: String) async throws {
        try await Desk.open { desk in
            let answer = try await desk.ask("POST /v1/sagas?\(query)", body: Desk.startBody())
            #expect(
                answer == """
                    HTTP/1.1 400 Bad Request
                    Content-Type: application/problem+json

                    {"type":"urn:yogiyogi:problem:bad-request","title":"Bad request","status":400,"detail":"\(detail)"}
                    """)
            #expect(try await desk.sagas().isEmpty)
        }
    }

    @Test func `those that wait are answered when the daemon goes down`() async throws {
        try await Desk.open { desk in
            let id = try await desk.start()
            async let answer = desk.ask("GET /v1/sagas/\(id)?wait=ended&timeout=4m")
            try await desk.until { $0.waits == 1 }
            await desk.closeSocket()
            let text = try await answer
            #expect(text.hasPrefix("HTTP/1.1 202 Accepted\n"))
            #expect(text.hasSuffix(#","reached":false}"#))
        }
    }

    @Test func `a start is checked against the version that it names`() async throws {
        let old = Desk.workflow.replacing(#"version: "1""#, with: #"version: "0""#)
            .replacing("Shipping", with: "Sending")
        try await Desk.open(Desk.Options(older: [old])) { desk in
            let refused = try await desk.ask(
                "POST /v1/sagas?wait=Shipping", body: Desk.startBody(#","version":"0""#))
            #expect(refused.hasPrefix("HTTP/1.1 400 Bad Request\n"))
            #expect(refused.contains("a state of 'order' 0: Paying, Reserved, Sending, Confirmed, Cancelled"))
            #expect(try await desk.sagas().isEmpty)
            let id = try await desk.start(#","version":"0""#)
            // The state is not of the current version, and of this saga's.
            async let waiting = desk.ask("GET /v1/sagas/\(id)?wait=Sending")
            try await desk.until { $0.waits == 1 }
            desk.participants.hold("payment.ship")
            _ = try await desk.ask("POST /v1/sagas/\(id)/signals/confirm")
            #expect(try await waiting.hasPrefix("HTTP/1.1 200 OK\n"))
            desk.participants.release("payment.ship")
            for request in ["GET /v1/sagas/\(id)?wait=Shipping", "POST /v1/sagas/\(id)/cancel?wait=Shipping"] {
                #expect(try await desk.ask(request).hasPrefix("HTTP/1.1 400 Bad Request\n"))
            }
        }
    }

    @Test func `a refused signal is told at once, whatever it waits for`() async throws {
        try await Desk.open { desk in
            let id = try await desk.start()
            let answer = try await desk.ask("POST /v1/sagas/\(id)/signals/nonsense?wait=ended")
            #expect(answer.hasPrefix("HTTP/1.1 409 Conflict\n"))
            #expect(answer.contains(#""type":"urn:yogiyogi:problem:signal-refused""#))
        }
    }
}
