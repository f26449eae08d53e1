import CEL
import SagaCore
import SagaEngine
import Testing

@testable import Participants

extension TransportTests {
    /// Over a socket, byte by byte.
    @Suite("An operation that is mapped onto an API", .timeLimit(.minutes(30)))
    struct MappedCallTests {
        private func participant(
            _ server: RawServer, _ mapping: OperationMapping, keyHeader: String = "Idempotency-Key",
            token: String? = nil
        ) throws -> ParticipantConfiguration {
            let secrets = try ["api": BearerToken("s3cr3t-k3y", origin: "a test")]
            return try ParticipantConfiguration(
                name: "payment", address: server.address, operations: ["charge": mapping], keyHeader: keyHeader,
                breaker: nil
            ).with(token.map { try BearerToken($0, origin: "a test") }, secrets: secrets)
        }

        private func outcomes(
            _ configuration: ParticipantConfiguration, _ calls: [Call], _ log: LogRecord = LogRecord()
        ) async throws -> [Outcome] {
            try await withTransport([configuration], logger: log.logger) { transport in
                var outcomes: [Outcome] = []
                for call in calls { outcomes.append(await transport.outcome(of: call)) }
                return outcomes
            }
        }

        @Test func `method, path, query, headers and form are exactly these bytes`() async throws {
            let server = try RawServer(.unix, base: "/api") { $0.answerAll("200 OK", body: "{}") }
            let mapping = try OperationMapping(
                method: .put, path: PathTemplate("/v1/charges/{id}"),
                query: [.init(name: "expand", value: .literal(.string("fee")))],
                headers: [
                    HeaderField("Stripe-Version", .template(.literal(.string("2024-06-20")))),
                    HeaderField("accept", .template(.literal(.string("application/vnd.a+json")))),
                    HeaderField("X-Api-Key", .credential("api", prefix: "")),
                ], body: .form(nil))
            let call = Call.sample(request: #"{"id":"ch 1/2","amount":5,"card":{"no":"4242"}}"#)
            let outcome = try await outcomes(participant(server, mapping, keyHeader: "X-Request-Id"), [call])
            #expect(outcome == [.succeeded(result: Document(bytes: Array("{}".utf8)))])
            await server.stop()
            #expect(
                server.requests == [
                    [
                        "PUT /api/v1/charges/ch%201%2F2?expand=fee HTTP/1.1", "Host: localhost",
                        "Content-Type: application/x-www-form-urlencoded", "Accept-Encoding: identity",
                        "X-Request-Id: k-1",
                        "Saga-Id: 01938e5f-0000-7001-8000-0000000000ab", "Saga-Step: Paying", "Saga-Attempt: 1",
                        "Saga-Deadline: 2026-11-24T12:15:00.000Z",
                        "traceparent: 00-01938e5f0000700180000000000000ab-0000000000000007-01",
                        "Stripe-Version: 2024-06-20",
                        "accept: application/vnd.a+json", "X-Api-Key: s3cr3t-k3y", "Content-Length: 22", "",
                        "amount=5&card[no]=4242",
                    ].joined(separator: "\r\n")
                ])
        }

        @Test(arguments: [OperationMapping.Method.get, .delete, .post])
        func `a call without a body has none, and a POST says so`(method: OperationMapping.Method) async throws {
            let server = try RawServer { $0.answerAll("404 Not Found", body: #"{"code":"no-such-room"}"#) }
            let mapping = try OperationMapping(
                method: method, path: PathTemplate("/rooms/{room}"), body: OperationMapping.Body.none)
            let outcome = try await outcomes(participant(server, mapping), [.sample(request: #"{"room":7}"#)])
            #expect(outcome == [.refused(code: "no-such-room", message: "Not Found", by: .unnamed)])
            await server.stop()
            let request = try #require(server.requests.first)
            #expect(request.hasPrefix("\(method.rawValue) /rooms/7 HTTP/1.1\r\n"))
            #expect(request.hasSuffix("\r\n\r\n"))
            #expect(request.contains("Content-Length: 0\r\n") == (method == .post))
            #expect(!request.contains("Content-Type"))
            #expect(request.contains("Idempotency-Key: k-1\r\n"))
        }

        @Test func `what a saga says cannot add a line to the head, and is told once`() async throws {
            let server = try RawServer { $0.answerAll("204 No Content") }
            let mapping = try OperationMapping(
                path: PathTemplate("/c/{id}"), headers: [HeaderField("X-Order", .template(expression("request.order")))]
            )
            let evil = #"{"id":"1 HTTP/1.1\r\nX-Evil: 1\r\n\r\n","order":"o\r\nX-Evil: 1"}"#
            let log = LogRecord()
            let words = "header 'X-Order' holds a line break or another control character"
            let outcomes = try await outcomes(
                participant(server, mapping),
                [
                    .sample(request: evil), .sample(request: evil, guest: 0xCD),
                    .sample(request: evil.replacing(#"o\r\n"#, with: "o")),
                ],
                log)
            let unformed = Outcome.unreached(message: "the request for 'payment.charge' cannot be formed: \(words)")
            #expect(outcomes == [unformed, unformed, .succeeded(result: nil)])
            await server.stop()
            #expect(server.requests.count == 1)
            let lines = try #require(server.requests.first).split(separator: "\r\n", omittingEmptySubsequences: false)
            #expect(lines.first == "POST /c/1%20HTTP%2F1.1%0D%0AX-Evil%3A%201%0D%0A%0D%0A HTTP/1.1")
            #expect(!lines.contains { $0.hasPrefix("X-Evil") })
            #expect(
                log.lines == [
                    "error a call cannot be made a request MESSAGE_ID=b61d0e94c27f4a13a5c83f60d2e97b48 "
                        + "SAGA_ID=01938e5f-0000-7001-8000-0000000000ab error=\(words) operation=payment.charge participant=payment"
                ])
        }

        @Test func `a credential that is answered is shown to nobody, and a no to it is about who calls`() async throws
        {
            let server = try RawServer { connection in
                _ = connection.readRequest()
                connection.answer(
                    "200 OK", headers: "Content-Type: application/json\r\n", body: #"{"you":"s3cr3t-k3y"}"#)
                _ = connection.readRequest()
                connection.answer("401 Unauthorized", body: #"{"error":{"message":"Invalid key s3cr3t-k3y"}}"#)
                connection.waitForClose()
            }
            let mapping = try OperationMapping(
                path: PathTemplate("/c"), headers: [HeaderField("X-Api-Key", .credential("api", prefix: ""))])
            let outcomes = try await outcomes(participant(server, mapping), [.sample(), .sample()])
            #expect(
                outcomes == [
                    .succeeded(result: Document(bytes: Array(#"{"you":"***"}"#.utf8))),
                    .unreached(
                        message:
                            "answered 401 Unauthorized: Invalid key ***; it did not accept who calls, and did nothing",
                        hasLeft: true),
                ])
            await server.stop()
        }

        @Test func `a question goes below the path of the call, with its headers and no body`() async throws {
            let server = try RawServer { connection in
                _ = connection.readRequest()
                connection.answer("202 Accepted", headers: "Location: status?full=1\r\n")
                _ = connection.readRequest()
                connection.answer("200 OK", body: #"{"room":7}"#)
                connection.waitForClose()
            }
            let mapping = try OperationMapping(
                method: .put, path: PathTemplate("/hotels/{hotel}/bookings/{id}/new"),
                query: [.init(name: "a", value: .literal(.int(1)))],
                headers: [
                    HeaderField("X-Api-Key", .credential("api", prefix: "")),
                    HeaderField("Content-Type", .template(.literal(.string("application/vnd.a+json")))),
                ])
            let call = Call.sample(request: #"{"hotel":"Zum Löwen","id":7,"n":1}"#)
            try await withTransport([participant(server, mapping)]) { transport in
                let first = await transport.outcome(of: call)
                guard case .pending(let location?, _, _) = first else {
                    Issue.record("\(first)")
                    return
                }
                #expect(location == "/hotels/Zum%20L%C3%B6wen/bookings/7/status?full=1")
                var question = call
                question.location = location
                #expect(await transport.outcome(of: question).name == "succeeded")
            }
            await server.stop()
            let question = try #require(server.requests.last)
            #expect(question.hasPrefix("GET /hotels/Zum%20L%C3%B6wen/bookings/7/status?full=1 HTTP/1.1\r\n"))
            #expect(question.contains("X-Api-Key: s3cr3t-k3y\r\n"))
            #expect(!question.contains("Content-"))
            #expect(question.hasSuffix("\r\n\r\n"))
        }
    }
}
