import CEL
import SagaCore
import Synchronization
import Testing

@testable import Participants

extension TransportTests {
    /// Rules 7c and 9: what was accepted is asked for, and what may be forgotten is not sent again.
    @Suite("A question after a call", .timeLimit(.minutes(30)))
    struct QuestionTests {
        private func question(_ location: String) -> Call {
            var call = Call.sample(request: #"{"card":"4111"}"#)
            call.location = location
            return call
        }

        @Test(arguments: RawServer.Kind.allCases)
        func `it is a GET with the same headers and no body`(kind: RawServer.Kind) async throws {
            let server = try RawServer(kind, base: "/v1") { $0.answerAll("200 OK", body: #"{"room":"7"}"#) }
            let outcome = try await carry(question("bookings/1?full=1"), to: server.address)
            #expect(outcome == .succeeded(result: Document(bytes: Array(#"{"room":"7"}"#.utf8))))
            await server.stop()
            let host = kind == .unix ? "localhost" : String("\(server.address)".dropFirst(7).dropLast(3))
            #expect(
                server.requests == [
                    [
                        "GET /v1/bookings/1?full=1 HTTP/1.1", "Host: \(host)", "Accept: application/json",
                        "Accept-Encoding: identity", "Idempotency-Key: k-1",
                        "Saga-Id: 01938e5f-0000-7001-8000-0000000000ab", "Saga-Step: Paying", "Saga-Attempt: 1",
                        "Saga-Deadline: 2026-11-24T12:15:00.000Z",
                        "traceparent: 00-01938e5f0000700180000000000000ab-0000000000000007-01", "", "",
                    ].joined(separator: "\r\n")
                ])
        }

        @Test func `somebody else is not asked, and gets no token`() async throws {
            let foreign = try RawServer { $0.answerAll("200 OK", body: "1") }
            let server = try RawServer { $0.answerAll("200 OK", body: "1") }
            let configuration = try ParticipantConfiguration(
                name: "payment", address: server.address, token: BearerToken("t0ken", origin: "a test"))
            try await withTransport([configuration]) { transport in
                let there = "\(foreign.address)/a"
                #expect(
                    await transport.outcome(of: question(there))
                        == .unreached(
                            message:
                                "the request for 'payment.charge' cannot be formed: its answer is to be asked for at "
                                + "'\(there)', which is not at \(server.address): nothing was sent"))
                #expect(
                    await transport.outcome(of: question("/a")) == .succeeded(result: Document(bytes: Array("1".utf8))))
            }
            await foreign.stop()
            await server.stop()
            #expect(foreign.requests.isEmpty)
            #expect(server.requests.count == 1)
        }

        @Test func `202 is pending, and the rules of the call are those of the question`() async throws {
            let asked = Atomic(0)
            let server = try RawServer { connection in
                while connection.readRequest() != nil {
                    let first = asked.add(1, ordering: .relaxed).oldValue == 0
                    connection.answer(
                        first ? "202 Accepted" : "303 See Other", headers: "Location: /jobs/7\r\nRetry-After: 2\r\n")
                }
            }
            var call = Call.sample()
            #expect(
                try await carry(call, to: server.address)
                    == .pending(location: "/jobs/7", message: "answered 202 Accepted", retryAfter: 2_000))
            call.location = "/jobs/7"
            call.answers = [
                AnswerRule(when: Formula(expression: try .init("status == 303")), means: .succeeded)
            ]
            #expect(try await carry(call, to: server.address) == .succeeded(result: nil))
            await server.stop()
        }

        @Test func `rule 9: a question that finds nothing settles nothing, whatever a rule says of such an answer`()
            async throws
        {
            let server = try RawServer { $0.answerAll("404 Not Found") }
            let rule = AnswerRule(when: Formula(expression: try .init("status == 404")), means: .succeeded)
            var call = Call.sample()
            call.answers = [rule]
            #expect(try await carry(call, to: server.address) == .succeeded(result: nil))
            call.location = "/jobs/7"
            #expect(
                try await carry(call, to: server.address)
                    == .refused(code: "404", message: "Not Found", by: .stranger, retryAfter: nil))
            await server.stop()
        }

        @Test func `a Location is kept as where it leads, and one that leads elsewhere is none`() async throws {
            let locations = Mutex(["/ops/7", "8", "https://elsewhere.example/ops/9"][...])
            let server = try RawServer { connection in
                while connection.readRequest() != nil {
                    let location = locations.withLock { $0.popFirst() } ?? ""
                    connection.answer("202 Accepted", headers: "Location: \(location)\r\n")
                }
            }
            var call = Call.sample()
            #expect(
                try await carry(call, to: server.address)
                    == .pending(location: "/ops/7", message: "answered 202 Accepted", retryAfter: nil))
            call.location = "/ops/7"
            // Relative to what was asked.
            #expect(
                try await carry(call, to: server.address)
                    == .pending(location: "/ops/8", message: "answered 202 Accepted", retryAfter: nil))
            let note = "its Location 'https://elsewhere.example/ops/9' is not at \(server.address) and is not followed"
            #expect(
                try await carry(.sample(), to: server.address)
                    == .pending(location: nil, message: "answered 202 Accepted; \(note)", retryAfter: nil))
            await server.stop()
        }

        @Test(arguments: [
            ("Content-Type: application/json\r\n", ""), ("Content-Type: application/json\r\n", "12"), ("", "12"),
        ])
        func `a success that ends with the connection before it is clear that it was whole is unknown`(
            headers: String, body: String
        ) async throws {
            let server = try RawServer { connection in
                guard connection.readRequest() != nil else { return }
                connection.send("HTTP/1.1 200 OK\r\n\(headers)Connection: close\r\n\r\n\(body)")
            }
            #expect(try await carry(.sample(), to: server.address).name == "unknown")
            await server.stop()
        }

        @Test func `a key that may be forgotten is not sent, and a question is`() async throws {
            let server = try RawServer { $0.answerAll("200 OK", body: "1") }
            let configuration = try ParticipantConfiguration(name: "payment", address: server.address, keys: 86_400_000)
            try await withTransport([configuration]) { transport in
                let done = Outcome.succeeded(result: Document(bytes: Array("1".utf8)))
                var call = Call.sample()
                #expect(await transport.outcome(of: call) == done)
                call.keySince = Instant(milliseconds: noon.milliseconds - 86_400_000)
                #expect(await transport.outcome(of: call) == done)
                call.keySince = Instant(milliseconds: noon.milliseconds - 86_400_001)
                #expect(
                    await transport.outcome(of: call)
                        == .forgotten(
                            message: "participant 'payment' remembers a key for 24h, and this one was first sent at "
                                + "2026-11-23T11:59:59.999Z: it is not sent again"))
                call.location = "/jobs/7"
                #expect(await transport.outcome(of: call) == done)
            }
            await server.stop()
            #expect(server.requests.count == 3)
        }
    }
}
