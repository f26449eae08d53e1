import Foundation
import Glibc
import Hummingbird
import HummingbirdCore
import Listener
import ServiceLifecycle
import Synchronization
import Testing

/// No request is lost when the service goes down: it is answered, or it was never taken and its client knows that.
@Suite(.serialized, .timeLimit(.minutes(30))) struct DrainTests {
    private static let hello = "GET /hello HTTP/1.1\r\nHost: x\r\n\r\n"

    @Test func `a request on a kept connection is answered after the shutdown began, and told that it was the last`()
        async throws
    {
        let folder = try Folder()
        let configuration = HTTPListenerConfiguration(linger: .seconds(120))
        try await serving(
            .unix(path: folder.path + "/s", mode: 0o600), routes(), configuration: configuration
        ) { bound, group in
            let kept = try RawClient(bound)
            try kept.send(Self.hello)
            let first = try await kept.readAnswer()
            #expect(!first.lowercased().contains("connection: close"))
            await group.triggerGracefulShutdown()
            // It is under way: the connection does not know of it yet, or does.
            var answer = first
            while !answer.lowercased().contains("\r\nconnection: close\r\n") {
                try kept.send(Self.hello)
                answer = try await kept.readAnswer()
                #expect(answer.hasPrefix("HTTP/1.1 200 OK\r\n"))
                #expect(answer.hasSuffix("hello"))
            }
            #expect(try await kept.readToEnd() == "")
        }
    }

    @Test func `of requests that were sent at once each is answered, and the last says that it is`() async throws {
        let folder = try Folder()
        let router = routes()
        let (entered, enters) = AsyncStream.makeStream(of: Void.self)
        let (released, release) = AsyncStream.makeStream(of: Void.self)
        router.get("/slow") { _, _ in
            enters.yield()
            for await _ in released { break }
            return "slow"
        }
        try await serving(.unix(path: folder.path + "/s", mode: 0o600), router) { bound, group in
            let client = try RawClient(bound)
            try client.send("GET /slow HTTP/1.1\r\nHost: x\r\n\r\n" + Self.hello)
            _ = await entered.first { _ in true }
            let idle = try RawClient(bound)
            // Accepted: one that only waits in the queue is not closed but reset, as the queue goes with its socket.
            try idle.send(Self.hello)
            _ = try await idle.readAnswer()
            await group.triggerGracefulShutdown()
            // When this one is closed, the other knows of the shutdown.
            _ = try await idle.readToEnd()
            release.yield()
            let answers = try await client.readToEnd()
            #expect(answers.ranges(of: "HTTP/1.1 200 OK").count == 2)
            #expect(answers.contains("slow"))
            #expect(answers.hasSuffix("hello"))
            #expect(answers.lowercased().ranges(of: "connection: close").count == 1)
        }
    }

    @Test func `a client that writes as its idle connection is closed is answered, or its write is refused`()
        async throws
    {
        for _ in 1...20 {
            let folder = try Folder()
            let path = folder.path + "/s"
            // As another process has it that goes on: what is not accepted here stays in its queue.
            let inherited = boundSocket(path, listening: true)
            // No patience: every connection is closed between two requests of its client.
            let configuration = HTTPListenerConfiguration(linger: .zero)
            let crowd = Regulars(path)
            try await serving(.descriptor(dup(inherited)), routes(), configuration: configuration) { _, group in
                await crowd.untilServed(40)
                crowd.mayLeave()
                await group.triggerGracefulShutdown()
                await crowd.untilGone()
            }
            close(inherited)
            #expect(crowd.losses == [])
        }
    }

    @Test func `a cancelled run crashes nothing and ends, whatever its clients do`() async throws {
        for _ in 1...20 {
            let folder = try Folder()
            let address = ListenAddress.unix(path: folder.path + "/s", mode: 0o600)
            let router = routes()
            router.get("/forever") { _, _ in
                await never()
                return ""
            }
            let (accepting, accepts) = AsyncStream.makeStream(of: Void.self)
            let listener = try HTTPListener(
                address: address, responder: router.buildResponder(), logger: .silent,
                onListening: { _ in accepts.yield() })
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await listener.run() }
                _ = await accepting.first { _ in true }
                let waiting = try RawClient(address)
                try waiting.send("GET /forever HTTP/1.1\r\nHost: x\r\n\r\n")
                let idle = try RawClient(address)
                let half = try RawClient(address)
                try half.send("GET /hello HTTP/1.1\r\nHo")
                let crowd = Regulars(folder.path + "/s")
                await crowd.untilServed(20)
                crowd.mayLeave()
                group.cancelAll()
                try await group.waitForAll()
                await crowd.untilGone()
                _ = (try? await idle.readToEnd(), try? await half.readToEnd())
            }
        }
    }
}

/// Comes back when its task is cancelled.
private func never() async {
    let (stream, open) = AsyncStream.makeStream(of: Void.self)
    for await _ in stream {}
    open.finish()
}

/// Clients on threads of their own that each keep a connection for as long as they may, and one after it, until there is none.
private final class Regulars: Sendable {
    private let (served, serves) = AsyncStream.makeStream(of: Void.self)
    private let (gone, goes) = AsyncStream.makeStream(of: Void.self)
    private static let count = 4
    private let lost = Mutex<[String]>([])
    private let isOver = Mutex(false)

    init(_ path: String) {
        for _ in 1...Self.count {
            Thread.detachNewThread { [self] in
                while let client = try? RawClient(.unix(path: path, mode: 0)), talk(client) {}
                goes.yield()
            }
        }
    }

    /// What was sent and neither answered nor refused before it was taken.
    var losses: [String] { lost.withLock { $0 } }

    /// From here on a client that nobody answers gives up.
    func mayLeave() { isOver.withLock { $0 = true } }

    /// Asks until the server wants no more; `false` when it is to be left.
    private func talk(_ client: RawClient) -> Bool {
        while true {
            let request = Array("GET /hello HTTP/1.1\r\nHost: x\r\n\r\n".utf8)
            guard send(client.descriptor, request, request.count, Int32(MSG_NOSIGNAL)) == request.count else {
                if errno != EPIPE { note("send: \(errno)") }
                return false
            }
            guard let answer = answer(client) else { return false }
            serves.yield()
            // The next connection would wait for a server that is not there.
            if answer.lowercased().contains("connection: close") { return false }
        }
    }

    private func answer(_ client: RawClient) -> String? {
        var text = ""
        var bytes = [UInt8](repeating: 0, count: 4_096)
        while !text.hasSuffix("hello") {
            // Accepted by nobody: left in the queue for whoever comes next, and not lost.
            var bound = timeval(tv_sec: 0, tv_usec: 200_000)
            setsockopt(client.descriptor, SOL_SOCKET, SO_RCVTIMEO, &bound, socklen_t(MemoryLayout<timeval>.size))
            let count = read(client.descriptor, &bytes, bytes.count)
            if count < 0, errno == EAGAIN {
                if text.isEmpty, isOver.withLock({ $0 }) { return nil }
                continue
            }
            guard count > 0 else {
                note("read: \(count) \(errno) after '\(text)'")
                return nil
            }
            text += String(decoding: bytes[..<count], as: UTF8.self)
        }
        return text
    }

    private func note(_ what: String) { lost.withLock { $0.append(what) } }

    func untilServed(_ count: Int) async {
        var left = count
        for await _ in served {
            left -= 1
            if left == 0 { return }
        }
    }

    func untilGone() async {
        var left = Self.count
        for await _ in gone {
            left -= 1
            if left == 0 { return }
        }
    }
}
