import CEL
import Foundation
import Glibc
import SagaCore
import Synchronization
import Testing

@testable import Participants

extension TransportTests {
    /// Rules 7 and 8 against servers that misbehave: what may have been done is unknown, what provably was not is unreached.
    @Suite("An attempt without an answer", .timeLimit(.minutes(30)))
    struct FailureTests {
        /// What a server does with a request that it has read whole; each ends as unknown.
        enum Misbehaviour: String, CaseIterable {
            case closes, resets, garbage, halfHead, halfBody, halfChunk, tooLong, tooLongInChunks, notJSON, redirects

            func run(_ connection: Connection) {
                guard connection.readRequest() != nil else { return }
                switch self {
                case .closes: return
                case .resets: connection.reset()
                case .garbage: connection.send("SMTP ready\r\n\r\n")
                case .halfHead: connection.send("HTTP/1.1 200 OK\r\nContent-Le")
                case .halfBody: connection.send("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"a\":")
                case .halfChunk:
                    connection.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{\"a\":\r\n")
                case .tooLong: connection.send("HTTP/1.1 200 OK\r\nContent-Length: 1048577\r\n\r\n")
                case .tooLongInChunks:
                    connection.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
                    let chunk = "10000\r\n" + String(repeating: "1", count: 0x10000) + "\r\n"
                    for _ in 1...17 { connection.send(chunk) }
                    connection.waitForClose()
                case .notJSON: connection.answer("200 OK", body: "<html>")
                case .redirects: connection.answer("307 Temporary Redirect", headers: "Location: /elsewhere\r\n")
                }
            }

            func message(_ kind: RawServer.Kind) -> String {
                switch self {
                // A Unix socket knows no reset.
                case .resets where kind == .unix: Self.closes.message(kind)
                case .closes, .halfHead, .halfBody, .halfChunk: "the connection was closed before the whole answer came"
                case .resets: "the connection broke before the whole answer came: Connection reset by peer"
                case .garbage: "the answer is no HTTP: invalid constant string"
                case .tooLong, .tooLongInChunks: "the body of the answer is longer than 1048576 bytes"
                case .notJSON:
                    "answered 200 OK with a body that is no JSON: 1:1: unexpected '<' where a value is expected"
                case .redirects: "answered 307 Temporary Redirect; redirects are not followed"
                }
            }
        }

        @Test(arguments: Misbehaviour.allCases, RawServer.Kind.allCases)
        func `a request that was read whole and not answered is unknown`(
            _ behaviour: Misbehaviour, kind: RawServer.Kind
        ) async throws {
            let server = try RawServer(kind) { behaviour.run($0) }
            let outcome = try await carry(to: server.address)
            #expect(outcome == .unknown(message: behaviour.message(kind)), "\(outcome)")
            await server.stop()
            #expect(server.requests.count == 1)
        }

        enum Stall: String, CaseIterable {
            case beforeHead = ""
            case inHead = "HTTP/1.1 200 OK\r\nContent-Type: appl"
            case beforeBody = "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n"
            case inBody = "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n{\"a\":"
            case inChunks = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n"
            case afterContinue = "HTTP/1.1 100 Continue\r\n\r\n"
        }

        @Test(arguments: Stall.allCases, RawServer.Kind.allCases)
        func `the deadline ends an attempt wherever the answer stalls`(_ stall: Stall, kind: RawServer.Kind)
            async throws
        {
            let hasStalled = Atomic(false)
            let server = try RawServer(kind) { connection in
                guard connection.readRequest() != nil else { return }
                connection.send(stall.rawValue)
                hasStalled.store(true, ordering: .relaxed)
                connection.waitForClose()
            }
            var timeout: Int64 = 300
            repeat {
                let begin = ContinuousClock.now
                let outcome = try await carry(.sample(timeout: timeout), to: server.address)
                #expect(ContinuousClock.now - begin >= .milliseconds(timeout))
                if hasStalled.load(ordering: .relaxed) {
                    #expect(outcome == .unknown(message: "no whole answer within \(timeout) ms"))
                }
                // On a busy machine the deadline may strike before the answer has begun.
                timeout *= 2
            } while !hasStalled.load(ordering: .relaxed)
            await server.stop()
        }

        @Test func `an informational answer before the answer is none`() async throws {
            let server = try RawServer { connection in
                guard connection.readRequest() != nil else { return }
                connection.send("HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n")
                connection.answer("200 OK", body: "{}")
                connection.waitForClose()
            }
            #expect(try await carry(to: server.address) == .succeeded(result: Document(bytes: Array("{}".utf8))))
            await server.stop()
        }

        @Test func `a connection that is closed when it is accepted gives nothing definite`() async throws {
            for resets in [false, true] {
                let server = try RawServer { if resets { $0.reset() } }
                let outcome = try await carry(to: server.address)
                #expect(["unknown", "unreached"].contains(outcome.name), "\(outcome)")
                await server.stop()
                #expect(server.requests.isEmpty)
            }
        }

        @Test func `a cancelled call that was sent is unknown`() async throws {
            let (arrivals, arrived) = AsyncStream.makeStream(of: Void.self)
            let server = try RawServer { connection in
                guard connection.readRequest() != nil else { return }
                arrived.yield()
                connection.waitForClose()
            }
            let address = server.address
            let call = Task { try await carry(to: address) }
            for await _ in arrivals { break }
            call.cancel()
            #expect(try await call.value == .unknown(message: "given up while waiting for the answer"))
            await server.stop()
        }

        @Test func `a call after the shutdown is unreached`() async throws {
            let server = try RawServer { $0.answerAll("200 OK") }
            let configuration = try ParticipantConfiguration(name: "payment", address: server.address)
            let transport = try HTTPTransport(participants: [configuration], logger: .quiet)
            await transport.shutdown()
            #expect(
                await transport.outcome(of: .sample())
                    == .unreached(message: "the daemon is going down; nothing was sent"))
            await server.stop()
            #expect(server.requests.isEmpty)
        }
    }
}
