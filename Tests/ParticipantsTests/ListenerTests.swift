import CEL
import Hummingbird
import Listener
import SagaCore
import ServiceLifecycle
import Testing

@testable import Participants

extension TransportTests {
    /// Against the server that the reference participants use.
    @Suite("A participant on our own listener", .timeLimit(.minutes(30)))
    struct ListenerTests {
        @Test(arguments: [
            ListenAddress.tcp(host: "127.0.0.1", port: 0), .unix(path: "/tmp/participant-under-test.sock", mode: 0o600),
        ])
        func `results, refusals and requests for patience come through`(listen: ListenAddress) async throws {
            let router = Router()
            router.post("charge") { request, _ -> Response in
                let key = request.headers[.init("Idempotency-Key")!] ?? ""
                return Response(
                    status: .created, headers: [.contentType: "application/json"],
                    body: .init(byteBuffer: .init(string: #"{"key":"\#(key)"}"#)))
            }
            router.post("refund") { _, _ -> Response in
                Response(
                    status: .unprocessableContent, headers: [.contentType: "application/problem+json"],
                    body: .init(byteBuffer: .init(string: #"{"type":"urn:x:no-charge","detail":"Nothing to undo"}"#)))
            }
            router.post("busy") { _, _ -> Response in
                Response(status: .tooManyRequests, headers: [.retryAfter: "3"])
            }
            let listener = try HTTPListener(
                address: listen, responder: router.buildResponder(), logger: .quiet)
            let group = ServiceGroup(services: [listener], logger: .quiet)
            let serving = Task { try await group.run() }
            let address = try ParticipantAddress(parsing: Self.url(of: listener.address))
            let configuration = try ParticipantConfiguration(name: "payment", address: address)
            try await withTransport([configuration]) { transport in
                for number in 1...3 {
                    #expect(
                        await transport.outcome(of: .sample(key: "k-\(number)"))
                            == .succeeded(result: Document(bytes: Array(#"{"key":"k-\#(number)"}"#.utf8))))
                }
                #expect(
                    await transport.outcome(of: .sample("payment.refund"))
                        == .refused(code: "no-charge", message: "Nothing to undo", by: .unnamed))
                #expect(
                    await transport.outcome(of: .sample("payment.busy"))
                        == .unreached(message: "answered 429 Too Many Requests", retryAfter: 3_000, hasLeft: true))
                #expect(
                    await transport.outcome(of: .sample("payment.nothing"))
                        == .refused(code: "404", message: "Not Found", by: .stranger))
            }
            await group.triggerGracefulShutdown()
            try await serving.value
        }

        private static func url(of address: ListenAddress) -> String {
            if case .tcp = address { return "http://\(address)" }
            return "\(address)"
        }
    }
}
