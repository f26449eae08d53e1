import CEL
import Participants
import SagaCore
import SagaEngine
import Testing

extension TransportTests {
    @Suite("What proves who calls", .timeLimit(.minutes(30)))
    struct TokenTests {
        private let secret = "s3cr3t-t0ken/with+all.kinds~="

        private func token(_ text: String) throws -> BearerToken {
            try BearerToken(text, origin: "the credential 'pay'")
        }

        private func participant(_ server: RawServer, _ text: String?) throws -> ParticipantConfiguration {
            try ParticipantConfiguration(
                name: "payment", address: server.address, breaker: nil, token: text.map { try token($0) })
        }

        @Test func `a call carries the token, and that of a new configuration from then on`() async throws {
            let server = try RawServer { $0.answerAll("204 No Content") }
            try await withTransport([try participant(server, secret)]) { transport in
                _ = await transport.outcome(of: .sample())
                try transport.replace(participants: [try participant(server, "other")])
                _ = await transport.outcome(of: .sample())
                try transport.replace(participants: [try participant(server, nil)])
                _ = await transport.outcome(of: .sample())
            }
            await server.stop()
            let sent = server.requests.map { request in
                request.split(separator: "\r\n").filter { $0.hasPrefix("Authorization:") }.map(String.init)
            }
            #expect(sent == [["Authorization: Bearer \(secret)"], ["Authorization: Bearer other"], []])
        }

        @Test func `a participant that repeats the token tells it to nobody`() async throws {
            let problem = #"{"type":"urn:x:no-\#(secret)","detail":"'\#(secret)' is not known, \#(secret)"}"#
            for status in ["401 Unauthorized", "200 OK", "500 Internal Server Error"] {
                let server = try RawServer { $0.answerAll(status, body: problem) }
                let outcome = try await withTransport([try participant(server, secret)]) {
                    await $0.outcome(of: .sample())
                }
                await server.stop()
                #expect(!"\(outcome)".contains(secret))
                if case .succeeded(let result) = outcome {
                    #expect(
                        String(decoding: result?.bytes ?? [], as: UTF8.self)
                            == #"{"type":"urn:x:no-***","detail":"'***' is not known, ***"}"#)
                }
                if case .refused(let code, let message, _, _) = outcome {
                    #expect(code == "urn:x:no-***" || code == "no-***")
                    #expect(message == "'***' is not known, ***")
                }
            }
        }

        @Test func `a participant that repeats the token in a header tells it to nobody`() async throws {
            let headers = "Location: /x?t=\(secret)\r\nSaga-Outcome: \(secret)\r\n"
            for status in ["202 Accepted", "409 Conflict"] {
                let server = try RawServer { $0.answerAll(status, headers: headers) }
                let outcome = try await withTransport([try participant(server, secret)]) {
                    await $0.outcome(of: .sample())
                }
                await server.stop()
                #expect(!"\(outcome)".contains(secret))
                #expect("\(outcome)".contains("***"))
            }
        }

        @Test func `a token that is over refuses no call, is told once, and a new one is taken at the next`()
            async throws
        {
            let server = try RawServer { connection in
                while let request = connection.readRequest() {
                    let isNew = request.contains("Authorization: Bearer new\r\n")
                    connection.answer(isNew ? "204 No Content" : "401 Unauthorized")
                }
            }
            let log = LogRecord()
            try await withTransport([try participant(server, "old")], logger: log.logger) { transport in
                for _ in 0..<3 { #expect(await transport.outcome(of: .sample()).name == "unreached") }
                #expect(transport.status().map(\.refusesCaller) == [true])
                try transport.replace(participants: [try participant(server, "new")])
                #expect(transport.status().map(\.refusesCaller) == [false])
                #expect(await transport.outcome(of: .sample()) == .succeeded(result: nil))
                try transport.replace(participants: [try participant(server, "old")])
                #expect(await transport.outcome(of: .sample()).name == "unreached")
            }
            await server.stop()
            let line =
                "error a participant does not accept who calls MESSAGE_ID=0d9f6f2c5a7e4b6e9c1b84d7e2a35f60 error=answered 401 "
                + "Unauthorized; it did not accept who calls, and did nothing participant=payment"
            #expect(log.lines == [line, line])
        }

        @Test func `who calls is nothing that a single call can be the cause of`() async throws {
            let server = try RawServer { $0.answerAll("401 Unauthorized") }
            let configuration = try ParticipantConfiguration(
                name: "payment", address: server.address, token: token("old"))
            try await withTransport([configuration]) { transport in
                let message = "answered 401 Unauthorized; it did not accept who calls, and did nothing"
                #expect(await transport.carry(.sample()).health == .isDown(message))
            }
            await server.stop()
        }

        @Test func `it prints as nothing, however it is printed`() throws {
            let token = try token(secret)
            let configuration = try ParticipantConfiguration(
                name: "payment", address: ParticipantAddress(parsing: "http://127.0.0.1:1"), token: token)
            var dumped = ""
            dump(configuration, to: &dumped)
            for text in ["\(token)", String(reflecting: token), "\(configuration)", dumped] {
                #expect(!text.contains("s3cr3t"), "\(text)")
            }
        }

        @Test(arguments: [
            "", " ", "two words", "line\nbreak", "r\r", "tab\t", "nul\u{0}", "ümlaut",
            String(repeating: "x", count: 4_097),
        ])
        func `what cannot stand in a header is refused without a word of it`(text: String) throws {
            let error = #expect(throws: ParticipantConfigurationError.self) { try token(text) }
            #expect(error?.code == "bad-token")
            #expect(
                error?.message
                    == "the credential 'pay' is no token: it must be one line of 1 to 4096 visible ASCII characters")
        }
    }
}
