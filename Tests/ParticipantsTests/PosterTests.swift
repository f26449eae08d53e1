import SagaCore
import Testing

@testable import Participants

/// What is told and not called: `Poster`.
@Suite(.timeLimit(.minutes(30))) struct PosterTests {
    private static let now = Instant(milliseconds: 1_798_797_600_000)

    private func post(
        _ server: RawServer, token: BearerToken? = nil, timeout: Int64 = 300_000
    ) async -> (ending: Poster.Ending, requests: [String]) {
        let poster = Poster(server.address, token: token)
        let ending = await poster.post(
            Array("[1]".utf8),
            [(name: "Content-Type", value: "application/cloudevents-batch+json"), (name: "webhook-id", value: "m")],
            timeout: timeout, at: Self.now)
        await poster.shutdown()
        await server.stop()
        return (ending, server.requests)
    }

    private func server(_ answer: String, _ kind: RawServer.Kind = .tcp, base: String = "") throws -> RawServer {
        try RawServer(kind, base: base) { connection in
            guard connection.readRequest() != nil else { return }
            connection.send(answer)
        }
    }

    @Test(arguments: RawServer.Kind.allCases)
    func `a body is posted to the address with its fields, and the token beside them`(kind: RawServer.Kind) async throws
    {
        let server = try server("HTTP/1.1 204 No Content\r\n\r\n", kind, base: "/in")
        let (ending, requests) = await post(server, token: try BearerToken("t0ken", origin: "o"))
        #expect(ending == .answered(status: 204, retryAfter: nil, words: "the answer was 204"))
        let request = try #require(requests.first)
        #expect(request.hasPrefix("POST /in HTTP/1.1\r\n") && request.hasSuffix("\r\n\r\n[1]"))
        for line in [
            "Content-Type: application/cloudevents-batch+json", "webhook-id: m", "Content-Length: 3",
            "Authorization: Bearer t0ken",
        ] { #expect(request.contains("\r\n\(line)\r\n"), "\(request)") }
    }

    @Test(
        arguments: [
            ("503 Busy\r\nRetry-After: 7\r\nContent-Length: 0\r\n\r\n", 503, 7_000, "the answer was 503"),
            ("500 Oh\r\nContent-Length: 12\r\n\r\nall is\nlost.", 500, nil, "the answer was 500: all is lost."),
            (
                "422 No\r\nContent-Length: 29\r\n\r\n{\"title\":\"t\",\"detail\":\"none\"}", 422, nil,
                "the answer was 422: none"
            ),
            ("401 No\r\nContent-Length: 9\r\n\r\nnot t0ken", 401, nil, "the answer was 401: not ***"),
            ("301 Moved\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n", 301, nil, "the answer was 301"),
        ] as [(String, Int, Int64?, String)])
    func `an answer is told in its own words, without the token, and no redirect is followed`(
        answer: String, status: Int, retryAfter: Int64?, words: String
    ) async throws {
        let (ending, _) = await post(
            try server("HTTP/1.1 \(answer)"), token: try BearerToken("t0ken", origin: "o"))
        #expect(ending == .answered(status: status, retryAfter: retryAfter, words: words))
    }

    @Test func `whether it can have come there is told apart`() async throws {
        let broken = try RawServer { connection in _ = connection.readRequest() }
        guard case .unanswered(let words) = await post(broken).ending else {
            Issue.record("it was answered")
            return
        }
        #expect(words.contains("the connection was closed before the whole answer came"))
        let away = Poster(try ParticipantAddress(parsing: "unix:/tmp/nobody-is-here.sock"))
        guard case .unreached(let cause) = await away.post([], [], timeout: 300_000, at: Self.now) else {
            Issue.record("it came there")
            return
        }
        #expect(cause.contains("No such file or directory"))
        await away.shutdown()
    }
}
