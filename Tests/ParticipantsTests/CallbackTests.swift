import CEL
import Participants
import SagaCore
import SagaEngine
import Synchronization
import Testing

extension TransportTests {
    @Suite("Answers that come later", .timeLimit(.minutes(30)))
    struct CallbackTests {
        private let callbacks = Callbacks(url: "https://desk.example/app") { saga, call in
            "t-\(call.number)-\(call.direction.name)"
        }

        @Test func `each call says where its answer may be brought, and a question does not`() async throws {
            let server = try RawServer { $0.answerAll("204 No Content") }
            let payment = try ParticipantConfiguration(name: "payment", address: server.address, breaker: nil)
            try await withTransport([payment]) { transport in
                _ = await transport.outcome(of: .sample())
                try transport.replace(participants: [payment], callbacks: callbacks)
                _ = await transport.outcome(of: .sample())
                var question = Call.sample()
                question.location = "/calls/1"
                _ = await transport.outcome(of: question)
            }
            await server.stop()
            let said = server.requests.map { request in
                request.split(separator: "\r\n").filter { $0.hasPrefix("Saga-Callback:") }.map(String.init)
            }
            #expect(said == [[], ["Saga-Callback: https://desk.example/app/callbacks/t-3-forward"], []])
        }

        @Test func `a participant that repeats the token tells it to nobody`() async throws {
            let server = try RawServer { $0.answerAll("200 OK", body: #"{"callback":"…/t-3-forward"}"#) }
            let payment = try ParticipantConfiguration(name: "payment", address: server.address, breaker: nil)
            let outcome = try await withTransport([payment]) { transport in
                try transport.replace(participants: [payment], callbacks: callbacks)
                return await transport.outcome(of: .sample())
            }
            await server.stop()
            guard case .succeeded(let result) = outcome else {
                Issue.record("\(outcome)")
                return
            }
            #expect(try result?.value == JSON.parse(#"{"callback":"…/***"}"#))
        }

        @Test func `what is brought is read by the rules of the call`() async throws {
            let server = try RawServer { $0.answerAll("204 No Content") }
            let payment = try ParticipantConfiguration(
                name: "payment", address: server.address, breaker: nil, refusals: ["declined"])
            try await withTransport([payment]) { transport in
                func read(_ body: String, _ headers: [(name: String, value: String)] = []) async -> Outcome {
                    await transport.reading(BroughtAnswer(headers: headers, body: Array(body.utf8)), to: .sample())
                }
                let json = [(name: "Content-Type", value: "application/json")]
                #expect(await read("") == .succeeded(result: nil))
                guard case .succeeded(let result) = await read(#"{"id":1}"#, json) else {
                    Issue.record("no success")
                    return
                }
                #expect(result?.bytes == Array(#"{"id":1}"#.utf8))
                guard
                    case .refused(_, _, .participant, _) = await read(
                        #"{"code":"declined"}"#, json + [(name: "Saga-Outcome", value: "refused")])
                else {
                    Issue.record("no refusal")
                    return
                }
                guard case .unknown = await read("OK", [(name: "Content-Type", value: "text/html")]) else {
                    Issue.record("a page was read")
                    return
                }
                guard
                    case .pending(nil, _, _) = await read(
                        "", [(name: "Saga-Outcome", value: "pending"), (name: "Location", value: "/elsewhere")])
                else {
                    Issue.record("a Location was taken over")
                    return
                }
                var stranger = Call.sample()
                stranger.operation = Operation(participant: "nobody", operation: "x")
                guard case .unreached = await transport.reading(BroughtAnswer(headers: [], body: []), to: stranger)
                else {
                    Issue.record("nobody was there to read")
                    return
                }
            }
            await server.stop()
        }
    }
}
