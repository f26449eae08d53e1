import CEL
import Participants
import SagaCore
import SagaEngine
import Testing

extension TransportTests {
    @Suite("What a participant is sent", .timeLimit(.minutes(30)))
    struct WireTests {
        @Test(arguments: RawServer.Kind.allCases)
        func `a forward call is sent with exactly these headers`(kind: RawServer.Kind) async throws {
            let server = try RawServer(kind) { $0.answerAll("200 OK", body: #"{"paymentId":"p-1"}"#) }
            let call = Call.sample(timeout: 20_610, key: "saga.7", request: #"{"amount":1200}"#)
            let outcome = try await carry(call, to: server.address)
            #expect(outcome == .succeeded(result: Document(bytes: Array(#"{"paymentId":"p-1"}"#.utf8))))
            await server.stop()
            let host = kind == .unix ? "localhost" : String("\(server.address)".dropFirst(7))
            #expect(
                server.requests == [
                    [
                        "POST /charge HTTP/1.1", "Host: \(host)", "Content-Type: application/json",
                        "Accept: application/json", "Accept-Encoding: identity", "Idempotency-Key: saga.7",
                        "Saga-Id: 01938e5f-0000-7001-8000-0000000000ab", "Saga-Step: Paying",
                        "Saga-Attempt: 1", "Saga-Deadline: 2026-11-24T12:00:20.610Z",
                        "traceparent: 00-01938e5f0000700180000000000000ab-0000000000000007-01", "Content-Length: 15",
                        "",
                        #"{"amount":1200}"#,
                    ].joined(separator: "\r\n")
                ])
        }

        @Test func `a compensation names the key that it undoes`() async throws {
            let server = try RawServer { $0.answerAll("204 No Content") }
            var call = Call.sample("payment.refund", key: "saga.7.undo")
            call.direction = .compensation
            call.compensates = "saga.7"
            call.number = 12
            #expect(try await carry(call, to: server.address) == .succeeded(result: nil))
            await server.stop()
            let lines = try #require(server.requests.first).split(separator: "\r\n")
            #expect(lines.contains("Idempotency-Key: saga.7.undo"))
            #expect(lines.contains("Saga-Compensates: saga.7"))
            #expect(lines.contains("Saga-Attempt: 12"))
        }

        @Test(arguments: RawServer.Kind.allCases)
        func `base and mapped path make the target`(kind: RawServer.Kind) async throws {
            let server = try RawServer(kind, base: "/api/v2") { $0.answerAll("204 No Content") }
            _ = try await carry(
                to: server.address,
                operations: ["charge": OperationMapping(path: PathTemplate("/payment%20Histories/new"))])
            await server.stop()
            #expect(try #require(server.requests.first).hasPrefix("POST /api/v2/payment%20Histories/new HTTP/1.1\r\n"))
        }

        @Test func `a request of a megabyte arrives whole`() async throws {
            let server = try RawServer { $0.answerAll("200 OK", body: "1") }
            let request = "\"" + String(repeating: "x", count: 1 << 20) + "\""
            #expect(
                try await carry(.sample(request: request), to: server.address)
                    == .succeeded(result: Document(bytes: Array("1".utf8))))
            await server.stop()
            #expect(try #require(server.requests.first).hasSuffix("\r\n\r\n" + request))
        }

        @Test func `calls in a row use one connection`() async throws {
            let server = try RawServer { connection in
                var count = 0
                while connection.readRequest() != nil {
                    count += 1
                    connection.answer("200 OK", body: "\(count)")
                }
            }
            let configuration = try ParticipantConfiguration(name: "payment", address: server.address)
            let outcomes = try await withTransport([configuration]) { transport in
                var outcomes: [Outcome] = []
                for _ in 1...3 { outcomes.append(await transport.outcome(of: .sample())) }
                return outcomes
            }
            #expect(outcomes == ["1", "2", "3"].map { .succeeded(result: Document(bytes: Array($0.utf8))) })
            await server.stop()
        }

        @Test func `as many calls as the cap allows are in flight at once`() async throws {
            let arrived = Countdown(100)
            let server = try RawServer { connection in
                guard connection.readRequest() != nil else { return }
                arrived.arriveAndWait()
                connection.answer("200 OK", body: "true")
                connection.waitForClose()
            }
            let configuration = try ParticipantConfiguration(name: "payment", address: server.address, concurrency: 100)
            let outcomes = try await withTransport([configuration]) { transport in
                #expect(transport.lane(of: "payment").concurrency == 100)
                return await withTaskGroup(of: Outcome.self) { group in
                    for number in 1...100 { group.addTask { await transport.outcome(of: .sample(key: "k-\(number)")) } }
                    return await group.reduce(into: []) { $0.append($1) }
                }
            }
            #expect(Set(outcomes) == [.succeeded(result: Document(bytes: Array("true".utf8)))])
            #expect(outcomes.count == 100)
            await server.stop()
        }
    }
}
