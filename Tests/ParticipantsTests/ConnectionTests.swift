import CEL
import Foundation
import Glibc
import NIOCore
import NIOHTTP1
import NIOPosix
import SagaCore
import Synchronization
import Testing

@testable import Participants

extension TransportTests {
    /// Connections that are kept, and what becomes of the calls over them.
    @Suite("A kept connection", .timeLimit(.minutes(30)))
    struct ConnectionTests {
        private static let done = Outcome.succeeded(result: Document(bytes: Array("1".utf8)))

        /// What the other end does with a connection when it has answered once.
        enum Parting: String, CaseIterable {
            case closes, resets, saysSo, speaksHTTP10, talksOn, hasNotReadAll
        }

        @Test(arguments: Parting.allCases, RawServer.Kind.allCases)
        func `a call does not meet what the other end has done to a connection before`(
            _ parting: Parting, kind: RawServer.Kind
        ) async throws {
            let parted = Countdown(2)
            let isFirst = Atomic(true)
            let server = try RawServer(kind) { connection in
                guard isFirst.exchange(false, ordering: .relaxed) else {
                    return connection.answerAll("200 OK", body: "1")
                }
                guard let head = connection.readHead() else { return }
                if parting != .hasNotReadAll { guard connection.readBody(of: head) != nil else { return } }
                switch parting {
                case .saysSo: connection.answer("200 OK", headers: "Connection: close\r\n", body: "1")
                case .speaksHTTP10: connection.send("HTTP/1.0 200 OK\r\nContent-Length: 1\r\n\r\n1")
                default: connection.answer("200 OK", body: "1")
                }
                switch parting {
                case .closes: connection.close()
                case .resets:
                    connection.reset()
                    connection.close()
                case .talksOn: connection.send("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nwrong")
                case .saysSo, .speaksHTTP10: connection.waitForCloseUnread()
                // It is read when the client has its answer, and has closed: what the kernel had stands before the end.
                case .hasNotReadAll: break
                }
                parted.arriveAndWait()
                if parting != .closes, parting != .resets { connection.waitForClose() }
            }
            // More than a socket takes, where it is not to be read.
            let length = parting == .hasNotReadAll ? 16 << 20 : 10
            let configuration = try ParticipantConfiguration(name: "payment", address: server.address, breaker: nil)
            try await withTransport([configuration]) { transport in
                let call = Call.sample(request: "\"" + String(repeating: "x", count: length) + "\"")
                #expect(await transport.outcome(of: call) == Self.done)
                await offPool { parted.arriveAndWait() }
                // For certain, and without a try that came to nothing.
                #expect(await transport.outcome(of: .sample()) == Self.done)
                #expect(await transport.outcome(of: .sample()) == Self.done)
            }
            await server.stop()
            #expect(server.requests.count == 2)
        }

        private static func client(_ server: RawServer, idleTime: TimeAmount = .seconds(30)) -> CallClient {
            CallClient(
                server.address.endpoint, trust: Trust(), on: MultiThreadedEventLoopGroup.singleton.next(),
                idleTime: idleTime)
        }

        private static let request = HTTPExchange.Request(
            method: .POST, target: "/", headers: ["Host": "x", "Content-Length": "2"], body: ByteBuffer(string: "{}"))

        private static func status(_ ending: HTTPExchange.Ending) -> UInt? {
            if case .answered(let answer) = ending { answer.status.code } else { nil }
        }

        /// Behind the look at the connection: the end of it comes when the head is being written.
        @Test(arguments: RawServer.Kind.allCases)
        func `a request of which nothing was written is sent on another connection`(kind: RawServer.Kind) async throws {
            let server = try RawServer(kind) { $0.answerAll("200 OK", body: "1") }
            let client = Self.client(server)
            #expect(await Self.status(client.send(Self.request, by: .now() + .hours(1))) == 200)
            let pool = client.pool
            let shut = try await pool.withKept { pipeline in
                try pipeline.withUnsafeTransportIfAvailable(of: NIOBSDSocket.Handle.self) {
                    shutdown($0, Int32(SHUT_WR))
                }
            }
            #expect(shut == [0])
            #expect(await Self.status(client.send(Self.request, by: .now() + .hours(1))) == 200)
            await client.shutdown()
            await server.stop()
            #expect(server.requests.count == 2)
        }

        @Test func `a connection that is not used is closed after a while, and the next call opens one`() async throws {
            let (closings, closed) = AsyncStream.makeStream(of: Void.self)
            let server = try RawServer { connection in
                connection.answerAll("200 OK", body: "1")
                closed.yield()
            }
            let client = Self.client(server, idleTime: .milliseconds(20))
            for _ in 1...2 {
                #expect(await Self.status(client.send(Self.request, by: .now() + .hours(1))) == 200)
                #expect(await closings.first { _ in true } != nil)
            }
            await client.shutdown()
            await server.stop()
            #expect(server.requests.count == 2)
        }

        @Test func `calls in flight end when it is retired, and nothing is kept`() async throws {
            let (arrivals, arrived) = AsyncStream.makeStream(of: Void.self)
            let mayAnswer = Countdown(2)
            let server = try RawServer { connection in
                guard connection.readRequest() != nil else { return }
                arrived.yield()
                mayAnswer.arriveAndWait()
                connection.answer("200 OK", body: "1")
                connection.waitForClose()
            }
            let client = Self.client(server)
            let call = Task { await client.send(Self.request, by: .now() + .hours(1)) }
            #expect(await arrivals.first { _ in true } != nil)
            client.retire()
            #expect(!client.isDone)
            await offPool { mayAnswer.arriveAndWait() }
            #expect(await Self.status(call.value) == 200)
            // Its connection was closed, and not by the shutdown.
            await server.stop()
            #expect(client.isDone)
            await client.shutdown()
        }

        @Test func `a participant that moves is called where it is now, and keeps nothing where it was`() async throws {
            let old = try RawServer { $0.answerAll("200 OK", body: "1") }
            let new = try RawServer { $0.answerAll("200 OK", body: "1") }
            let configurations = try [old, new].map {
                try ParticipantConfiguration(name: "payment", address: $0.address)
            }
            try await withTransport([configurations[0]]) { transport in
                #expect(await transport.outcome(of: .sample()) == Self.done)
                try transport.replace(participants: [configurations[1]])
                #expect(await transport.outcome(of: .sample()) == Self.done)
                await old.stop()
            }
            await new.stop()
            #expect(old.requests.count == 1 && new.requests.count == 1)
        }

        @Test func `over TLS the other end must be who it says`() async throws {
            let server = try await SecureServer()
            let trust = Trust(try SecureServer.roots())
            let long = Array("\"\(String(repeating: "x", count: 300_000))\"".utf8)
            for host in ["localhost", "127.0.0.1"] {
                let address = try ParticipantAddress(parsing: "https://\(host):\(server.port)")
                let configuration = try ParticipantConfiguration(name: "payment", address: address, breaker: nil)
                try await withTransport([configuration], trust: trust) { transport in
                    for request in [Array("{}".utf8), long, Array("1".utf8)] {
                        let call = Call.sample(request: String(decoding: request, as: UTF8.self))
                        #expect(await transport.outcome(of: call) == .succeeded(result: Document(bytes: request)))
                    }
                }
                // Its certificate is signed by nobody whom this machine knows.
                let stranger = try await carry(to: address)
                #expect(stranger.name == "unreached" && stranger.message.contains("\(address)"), "\(stranger)")
            }
            let other = try ParticipantAddress(parsing: "https://127.0.0.2:\(server.port)")
            let configuration = try ParticipantConfiguration(name: "payment", address: other, breaker: nil)
            let outcome = try await withTransport([configuration], trust: trust) { await $0.outcome(of: .sample()) }
            #expect(outcome.name == "unreached", "\(outcome)")
            try await server.stop()
        }

        @Test(arguments: ["a\nb", "a\r\nSaga-Id: x", "\u{0}", "\u{7F}"])
        func `what would be a header of its own is not sent`(key: String) async throws {
            let server = try RawServer { $0.answerAll("200 OK", body: "1") }
            let outcome = try await carry(.sample(key: key), to: server.address)
            #expect(outcome.name == "unreached" && outcome.message.contains("cannot be formed"), "\(outcome)")
            await server.stop()
            #expect(server.requests.isEmpty)
        }

        @Test(arguments: [
            (
                "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n1",
                "succeeded"
            ),
            ("HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n", "unknown"),
            ("HTTP/1.0 200 OK\r\n\r\n", "succeeded"),
        ])
        func `an answer of an odd kind ends the call`(answer: String, name: String) async throws {
            let server = try RawServer { connection in
                guard connection.readRequest() != nil else { return }
                connection.send(answer)
                if answer.hasPrefix("HTTP/1.1") { connection.waitForClose() }
            }
            #expect(try await carry(to: server.address).name == name)
            await server.stop()
        }
    }

    @Suite struct AnswerReadingTests {
        private static func head(_ headers: HTTPHeaders, status: HTTPResponseStatus = .ok) -> HTTPClientResponsePart {
            .head(HTTPResponseHead(version: .http1_1, status: status, headers: headers))
        }

        @Test func `a body has a limit, said or not`() {
            let most = HTTPExchange.bodyBytesMax
            for (length, isTooLong) in [(most, false), (most + 1, true)] {
                var said = AnswerReading()
                #expect(said.came(Self.head(["Content-Length": "\(length)"])).isTooLong == isTooLong)
                var unsaid = AnswerReading()
                #expect(!unsaid.came(Self.head([:])).isTooLong)
                #expect(!unsaid.came(.body(ByteBuffer(repeating: 1, count: most))).isTooLong)
                #expect(unsaid.came(.body(ByteBuffer(repeating: 1, count: length - most))).isTooLong == isTooLong)
            }
        }

        @Test func `an answer without a body is whole by its head`() {
            var reading = AnswerReading()
            #expect(reading.bodilessAnswer == nil)
            _ = reading.came(Self.head(["Content-Length": "0", "Content-Encoding": "GZIP"]))
            #expect(reading.bodilessAnswer?.status == .ok && reading.coding == "gzip")
            var other = AnswerReading()
            _ = other.came(Self.head(["Content-Encoding": "br"], status: .noContent))
            #expect(other.bodilessAnswer?.status == .noContent && other.coding == nil)
            var whole = AnswerReading()
            _ = whole.came(Self.head(["Connection": "close"]))
            #expect(whole.bodilessAnswer == nil)
            guard case .whole(let answer, keepsAlive: false) = whole.came(.end(nil)) else {
                Issue.record("not whole")
                return
            }
            #expect(answer.body == nil)
        }
    }
}

extension AnswerReading.Step {
    fileprivate var isTooLong: Bool { if case .tooLong = self { true } else { false } }
}

extension NIOLoopBoundBox<ConnectionPool> {
    /// Does something to each connection that is not in use.
    fileprivate func withKept<Result: Sendable>(
        _ body: @escaping @Sendable (ChannelPipeline.SynchronousOperations) throws -> Result
    ) async throws -> [Result] {
        try await eventLoop.submit {
            try self.value.unused.map { try body($0.connection.channel.pipeline.syncOperations) }
        }
        .get()
    }
}

/// A thread of its own: those of the pool are for what does not block.
private func offPool(_ body: @escaping @Sendable () -> Void) async {
    await withCheckedContinuation { continuation in
        Thread.detachNewThread {
            body()
            continuation.resume()
        }
    }
}
