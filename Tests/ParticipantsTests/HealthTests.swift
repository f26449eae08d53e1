import SagaCore
import SagaEngine
import Testing

@testable import Participants

extension TransportTests {
    /// What a call says of its participant; what follows from that is the lane's.
    @Suite("What a call says of its participant", .timeLimit(.minutes(30)))
    struct HealthTests {
        @Test func `whoever answers is at work, be it with a no, a promise or what nobody can read`() async throws {
            let answers = [
                ("404 Not Found", "", #"{"code":"gone"}"#), ("404 Not Found", "", "<html>"), ("409 Conflict", "", ""),
                ("408 Request Timeout", "", ""), ("425 Too Early", "", ""), ("429 Too Many Requests", "", ""),
                ("202 Accepted", "", ""), ("200 OK", "", "<html>"), ("200 OK", "Content-Encoding: br\r\n", "x"),
                ("200 OK", "Content-Encoding: gzip\r\n", "x"),
                ("200 OK", "", "\"" + String(repeating: "x", count: HTTPExchange.bodyBytesMax) + "\""),
            ]
            for (status, headers, body) in answers {
                let server = try RawServer { $0.answerAll(status, headers: headers, body: body) }
                let configuration = try ParticipantConfiguration(name: "payment", address: server.address)
                try await withTransport([configuration]) { transport in
                    #expect(
                        await transport.carry(.sample()).health == .answered, "\(status) \(headers)\(body.prefix(20))")
                }
                await server.stop()
            }
        }

        @Test(arguments: ["500 Internal Server Error", "503 Service Unavailable"])
        func `a failure may be for what the call says`(_ status: String) async throws {
            let server = try RawServer { $0.answerAll(status) }
            let configuration = try ParticipantConfiguration(name: "payment", address: server.address)
            try await withTransport([configuration]) { transport in
                #expect(
                    await transport.carry(.sample())
                        == Carried(.unknown(message: "answered \(status)"), .failed("answered \(status)")))
            }
            await server.stop()
        }

        @Test func `no connection is nothing that a call can be the cause of`() async throws {
            let configuration = try ParticipantConfiguration(
                name: "payment", address: ParticipantAddress(parsing: "unix:/tmp/no-such.sock"))
            try await withTransport([configuration]) { transport in
                let message = "cannot connect to unix:/tmp/no-such.sock: No such file or directory"
                #expect(await transport.carry(.sample()) == Carried(.unreached(message: message), .isDown(message)))
            }
        }

        @Test func `a new configuration is the next call's`() async throws {
            let missing = try ParticipantAddress(parsing: "unix:/tmp/no-such.sock")
            let server = try RawServer { $0.answerAll("204 No Content") }
            let settings = try #require(BreakerSettings(failures: 1, within: 1_000, cooldown: 500))
            let before = try ParticipantConfiguration(name: "payment", address: missing, breaker: settings)
            let moved = try ParticipantConfiguration(
                name: "payment", address: server.address, concurrency: 8, breaker: nil)
            try await withTransport([before]) { transport in
                #expect(
                    transport.lane(of: "payment")
                        == LaneSettings(concurrency: 64, breaker: settings, target: "unix:/tmp/no-such.sock"))
                #expect(await transport.outcome(of: .sample()).name == "unreached")
                try transport.replace(participants: [moved])
                #expect(
                    transport.lane(of: "payment") == LaneSettings(concurrency: 8, target: "\(server.address)"))
                #expect(await transport.outcome(of: .sample()) == .succeeded(result: nil))
                try transport.replace(participants: [])
                #expect(transport.lane(of: "payment") == LaneSettings(concurrency: 64))
                #expect(
                    await transport.carry(.sample())
                        == Carried(
                            .unreached(message: "participant 'payment' is not configured; none is configured"),
                            .abandoned))
            }
            await server.stop()
        }
    }
}
