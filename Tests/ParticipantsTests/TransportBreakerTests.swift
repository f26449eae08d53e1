import Logging
import SagaCore
import Synchronization
import Testing

@testable import Participants

extension TransportTests {
    @Suite("A participant behind its breaker", .timeLimit(.minutes(30)))
    struct TransportBreakerTests {
        @Test func `an open breaker sends nothing and the participant is found again after the cooldown`() async throws
        {
            let isWell = Flag()
            let server = try RawServer { connection in
                while connection.readRequest() != nil {
                    connection.answer(isWell.value ? "200 OK" : "503 Service Unavailable")
                }
            }
            let settings = try BreakerSettings(failures: 2, within: 1_000, cooldown: 500)
            let configuration = try ParticipantConfiguration(
                name: "payment", address: server.address, breaker: settings)
            let ticks = Ticks()
            let log = LogRecord()
            try await withTransport([configuration], ticks: ticks, logger: log.logger) { transport in
                let down = Outcome.unknown(message: "answered 503 Service Unavailable")
                #expect(await transport.carry(.sample(guest: 1)) == down)
                #expect(transport.status().map(\.breaker) == [.closed])
                #expect(await transport.carry(.sample(guest: 2)) == down)
                #expect(transport.status().map(\.breaker) == [.open])
                ticks.advance(by: 100)
                let held = Outcome.held(
                    message: "breaker of 'payment' open since 2026-11-24T12:00:00.000Z; "
                        + "its last call failed: answered 503 Service Unavailable", retryAfter: 400)
                #expect(await transport.carry(.sample()) == held)
                #expect(server.requests.count == 2)
                ticks.advance(by: 400)
                #expect(await transport.carry(.sample()) == down)
                #expect(transport.status().map(\.breaker) == [.open])
                #expect(server.requests.count == 3)
                isWell.raise()
                ticks.advance(by: 500)
                // Whose call has failed waits a while, as it may be the reason.
                #expect(await transport.carry(.sample()).name == "held")
                #expect(await transport.carry(.sample(guest: 3)) == .succeeded(result: nil))
                #expect(transport.status().map(\.breaker) == [.closed])
                #expect(await transport.carry(.sample()) == .succeeded(result: nil))
                #expect(server.requests.count == 5)
            }
            #expect(
                log.lines == [
                    "warning breaker opened MESSAGE_ID=f4412a9a9f1b4409a14e07ba50ce1451 cooldown=500 ms "
                        + "error=answered 503 Service Unavailable failures=2 participant=payment",
                    "notice breaker closed MESSAGE_ID=669d4f107c564cf6a66255ca54935c2d participant=payment",
                ])
            await server.stop()
        }

        @Test func `whoever answers opens no breaker, be it with a no, a promise or what nobody can read`() async throws
        {
            let answers = [
                ("404 Not Found", "", #"{"code":"gone"}"#), ("404 Not Found", "", "<html>"), ("409 Conflict", "", ""),
                ("408 Request Timeout", "", ""), ("425 Too Early", "", ""), ("429 Too Many Requests", "", ""),
                ("202 Accepted", "", ""), ("200 OK", "", "<html>"), ("200 OK", "Content-Encoding: br\r\n", "x"),
                ("200 OK", "Content-Encoding: gzip\r\n", "x"),
                ("200 OK", "", "\"" + String(repeating: "x", count: Exchange.bodyBytesMax) + "\""),
            ]
            for (status, headers, body) in answers {
                let server = try RawServer { $0.answerAll(status, headers: headers, body: body) }
                let configuration = try ParticipantConfiguration(
                    name: "payment", address: server.address,
                    breaker: BreakerSettings(failures: 1, within: 1_000, cooldown: 500))
                try await withTransport([configuration]) { transport in
                    for guest in UInt64(1)...3 { _ = await transport.carry(.sample(guest: guest)) }
                    #expect(transport.status().map(\.breaker) == [.closed], "\(status) \(headers)\(body.prefix(20))")
                }
                await server.stop()
            }
        }

        /// A guest whose request the participant cannot bear is sent again and again; with `attempts: 2` each call that another guest
        /// loses to it would be half of all he has.
        @Test func `one guest's poison keeps nobody else out`() async throws {
            let server = try RawServer { connection in
                while let request = connection.readRequest() {
                    connection.answer(request.hasSuffix("poison") ? "500 Internal Server Error" : "200 OK", body: "1")
                }
            }
            let configuration = try ParticipantConfiguration(name: "payment", address: server.address)
            try await withTransport([configuration]) { transport in
                for guest in UInt64(1)...12 {
                    for operation in ["payment.charge", "payment.refund", "payment.charge", "payment.refund"] {
                        let poison = Call.sample(operation, key: "k-\(guest)", request: #""poison"#, guest: 99)
                        #expect(await transport.carry(poison).name == "unknown")
                    }
                    for attempt in 1...2 {
                        let outcome = await transport.carry(.sample(key: "h-\(guest).\(attempt)", guest: guest))
                        #expect(outcome == .succeeded(result: Array("1".utf8)), "guest \(guest)")
                    }
                }
                for _ in 1...20 {
                    _ = await transport.carry(.sample(request: #""poison"#, guest: 99))
                }
                #expect(transport.status().map(\.breaker) == [.closed])
                #expect(await transport.carry(.sample(guest: 1)) == .succeeded(result: Array("1".utf8)))
            }
            await server.stop()
        }

        @Test func `what cannot be reached opens the breaker`() async throws {
            let configuration = try ParticipantConfiguration(
                name: "payment", address: ParticipantAddress(parsing: "unix:/tmp/no-such.sock"),
                breaker: BreakerSettings(failures: 1, within: 1_000, cooldown: 500))
            try await withTransport([configuration]) { transport in
                _ = await transport.carry(.sample())
                #expect(
                    transport.status() == [
                        ParticipantStatus(
                            name: "payment", address: configuration.address, concurrency: 64, breaker: .open,
                            since: noon)
                    ])
            }
        }

        @Test func `a new configuration keeps the breaker of what has not moved`() async throws {
            let missing = try ParticipantAddress(parsing: "unix:/tmp/no-such.sock")
            let server = try RawServer { $0.answerAll("204 No Content") }
            let settings = try BreakerSettings(failures: 1, within: 1_000, cooldown: 500)
            let before = try ParticipantConfiguration(name: "payment", address: missing, breaker: settings)
            let wider = try ParticipantConfiguration(
                name: "payment", address: missing, concurrency: 8, breaker: settings)
            let moved = try ParticipantConfiguration(name: "payment", address: server.address, breaker: settings)
            try await withTransport([before]) { transport in
                _ = await transport.carry(.sample())
                try transport.replace(participants: [wider])
                #expect(transport.status().map(\.breaker) == [.open])
                #expect(transport.concurrency(of: "payment") == 8)
                try transport.replace(participants: [moved])
                #expect(transport.status().map(\.breaker) == [.closed])
                #expect(await transport.carry(.sample()) == .succeeded(result: nil))
                try transport.replace(participants: [])
                #expect(await transport.carry(.sample()).name == "unreached")
            }
            await server.stop()
        }
    }
}

private final class Flag: Sendable {
    private let raised = Atomic(false)

    var value: Bool { raised.load(ordering: .sequentiallyConsistent) }

    func raise() { raised.store(true, ordering: .sequentiallyConsistent) }
}
