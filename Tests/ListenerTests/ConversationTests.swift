import Foundation
import Glibc
import HTTPTypes
import Hummingbird
import Listener
import NIOCore
import Synchronization
import Testing

/// What goes over a connection beside a request and its answer.
@Suite(.timeLimit(.minutes(30))) struct ConversationTests {
    private func talk(
        _ router: Router<BasicRequestContext>, _ configuration: HTTPListenerConfiguration = .init(),
        _ body: @Sendable (ListenAddress) async throws -> Void
    ) async throws {
        let folder = try Folder()
        try await serving(.unix(path: folder.path + "/s", mode: 0o600), router, configuration: configuration) {
            bound, _ in try await body(bound)
        }
    }

    private static func echo() -> Router<BasicRequestContext> {
        let router = routes()
        router.post("/echo") { request, _ -> Response in
            Response(status: .ok, body: .init(byteBuffer: try await request.body.collect(upTo: 8 << 20)))
        }
        router.post("/ignore") { _, _ in "ignored" }
        return router
    }

    @Test func `a body in chunks with trailers is read as it comes, and the next request after it`() async throws {
        try await talk(Self.echo()) { bound in
            let client = try RawClient(bound)
            try client.send(
                "POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nExpect: 100-continue\r\n\r\n")
            // The route has begun to read.
            #expect(try await client.readAnswer() == "HTTP/1.1 100 Continue\r\n\r\n")
            for piece in ["5\r\nfir", "st\r\n", "8\r\n, second\r", "\n0\r\nDigest: x\r\n\r\n"] {
                try client.send(piece)
            }
            let answer = try await client.readAnswer()
            #expect(answer.hasPrefix("HTTP/1.1 200 OK\r\n") && answer.hasSuffix("\r\n\r\nfirst, second"), "\(answer)")
            try client.send("GET /hello HTTP/1.1\r\nHost: x\r\n\r\n")
            #expect(try await client.readAnswer().hasSuffix("hello"))
        }
    }

    @Test(arguments: [10, 4 << 20])
    func `a body that the route does not read is not taken for a request`(length: Int) async throws {
        try await talk(Self.echo()) { bound in
            let client = try RawClient(bound)
            let requests = String(repeating: "GET /hello HTTP/1.1\r\n\r\n", count: length / 23 + 1)
            let body = String(decoding: requests.utf8.prefix(length), as: UTF8.self)
            Thread.detachNewThread {
                try? client.send(
                    "POST /ignore HTTP/1.1\r\nHost: x\r\nContent-Length: \(length)\r\n\r\n\(body)"
                        + "GET /whoami HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
            }
            let answers = try await client.readToEnd()
            #expect(answers.ranges(of: "HTTP/1.1 200 OK").count == 2, "\(answers)")
            #expect(answers.contains("ignored") && answers.hasSuffix("\(getpid()) \(getuid()) \(getgid())"))
        }
    }

    @Test func `a megabyte comes and goes whole`() async throws {
        try await talk(Self.echo()) { bound in
            let client = try RawClient(bound)
            let body = String(repeating: "0123456789abcdef", count: 1 << 16)
            Thread.detachNewThread {
                try? client.send(
                    "POST /echo HTTP/1.1\r\nConnection: close\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)")
            }
            let answer = try await client.readToEnd()
            #expect(answer.hasSuffix("\r\n\r\n" + body), "\(answer.utf8.count) \(answer.prefix(300))")
        }
    }

    @Test func `a request behind the last answer is not begun`() async throws {
        let begun = Atomic<Int>(0)
        let router = routes()
        router.get("/count") { _, _ in
            begun.add(1, ordering: .relaxed)
            return "counted"
        }
        try await talk(router) { bound in
            let client = try RawClient(bound)
            let last = "GET /count HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
            try client.send(last + last)
            #expect(try await client.readToEnd().ranges(of: "counted").count == 1)
        }
        #expect(begun.load(ordering: .relaxed) == 1)
    }

    @Test func `who sends without end while an answer is due is read no further`() async throws {
        let router = routes()
        let (released, release) = AsyncStream.makeStream(of: Void.self)
        router.get("/slow") { _, _ in
            for await _ in released { break }
            return "slow"
        }
        try await talk(router) { bound in
            let client = try RawClient(bound)
            try client.send("GET /slow HTTP/1.1\r\nHost: x\r\n\r\n")
            let request = Array(String(repeating: "GET /hello HTTP/1.1\r\n\r\n", count: 500).utf8)
            var sent = 0
            var room = pollfd(fd: client.descriptor, events: Int16(POLLOUT), revents: 0)
            // Room comes while it is read: without a bound, for ever.
            while sent < 32 << 20, poll(&room, 1, 300) == 1 {
                sent += max(0, Glibc.send(client.descriptor, request, request.count, Int32(MSG_DONTWAIT)))
            }
            #expect(sent < 32 << 20)
            release.yield()
            #expect(try await client.readAnswer().contains("slow"))
        }
    }

    @Test func `the head of a stream comes before its first byte`() async throws {
        let router = routes()
        let (released, release) = AsyncStream.makeStream(of: Void.self)
        router.get("/stream") { _, _ in
            Response(
                status: .ok,
                body: ResponseBody { writer in
                    for await _ in released { break }
                    try await writer.write(ByteBuffer(string: "late"))
                    try await writer.finish([.contentLanguage: "ko"])
                })
        }
        try await talk(router) { bound in
            let client = try RawClient(bound)
            try client.send("GET /stream HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
            #expect(try await client.readAnswer().hasPrefix("HTTP/1.1 200 OK\r\n"))
            release.yield()
            #expect(try await client.readToEnd() == "4\r\nlate\r\n0\r\nContent-Language: ko\r\n\r\n")
        }
    }

    @Test func `a stream waits for its reader, and ends when that goes away`() async throws {
        let router = routes()
        let (ended, ends) = AsyncStream.makeStream(of: Int.self)
        router.get("/endless") { _, _ in
            Response(
                status: .ok,
                body: ResponseBody { writer in
                    var written = 0
                    defer { ends.yield(written) }
                    while written < 1 << 30 {
                        try await writer.write(ByteBuffer(repeating: 0x61, count: 1 << 16))
                        written += 1 << 16
                    }
                    try await writer.finish(nil)
                })
        }
        try await talk(router) { bound in
            do {
                let client = try RawClient(bound)
                try client.send("GET /endless HTTP/1.1\r\nHost: x\r\n\r\n")
                #expect(try await client.readAnswer().hasPrefix("HTTP/1.1 200 OK\r\n"))
            }
            let written = try #require(await ended.first { _ in true })
            #expect(written < 1 << 30)
        }
    }

    @Test func `a route whose client has gone is cancelled`() async throws {
        let router = routes()
        let (entered, enters) = AsyncStream.makeStream(of: Void.self)
        let (left, leaves) = AsyncStream.makeStream(of: Bool.self)
        router.get("/wait") { _, _ in
            enters.yield()
            let (never, keep) = AsyncStream.makeStream(of: Void.self)
            for await _ in never {}
            keep.finish()
            leaves.yield(Task.isCancelled)
            return ""
        }
        try await talk(router) { bound in
            do {
                let client = try RawClient(bound)
                try client.send("GET /wait HTTP/1.1\r\nHost: x\r\n\r\n")
                _ = await entered.first { _ in true }
            }
            #expect(await left.first { _ in true } == true)
        }
    }

    @Test func `a client that does not read its stream is not kept`() async throws {
        let router = routes()
        let (ended, ends) = AsyncStream.makeStream(of: Bool.self)
        router.get("/endless") { _, _ in
            Response(
                status: .ok,
                body: ResponseBody { writer in
                    defer { ends.yield(Task.isCancelled) }
                    while true { try await writer.write(ByteBuffer(repeating: 0x61, count: 1 << 16)) }
                })
        }
        try await talk(router, HTTPListenerConfiguration(idleTimeout: .milliseconds(50))) { bound in
            let client = try RawClient(bound)
            try client.send("GET /endless HTTP/1.1\r\nHost: x\r\n\r\n")
            #expect(await ended.first { _ in true } != nil)
            // The end of a reading: all that was on its way, and no end of the stream.
            #expect(try await !client.readToEnd().hasSuffix("\r\n0\r\n\r\n"))
        }
    }

    /// What a route may wait for, and give up.
    enum Wait: CaseIterable {
        case forBody, forReader
    }

    @Test(arguments: Wait.allCases, [true, false])
    func `a route that gives up waiting goes on with the connection`(wait: Wait, onLoop: Bool) async throws {
        let router = routes()
        let (waiting, waits) = AsyncStream.makeStream(of: Void.self)
        let (gaveUp, givesUp) = AsyncStream.makeStream(of: Void.self)
        let elsewhere: (any TaskExecutor)? = onLoop ? nil : globalConcurrentExecutor
        router.post("/impatient") { request, _ in
            guard wait == .forBody else {
                return Response(
                    status: .ok,
                    body: ResponseBody { writer in
                        await withThrowingTaskGroup(of: Void.self) { [writer] group in
                            // Two tasks have it, and one of them writes at a time.
                            nonisolated(unsafe) let shared = writer
                            group.addTask(executorPreference: elsewhere) { @Sendable in
                                var writer = shared
                                defer { givesUp.yield() }
                                while true {
                                    try await writer.write(ByteBuffer(repeating: 0x61, count: 1 << 16))
                                    waits.yield()
                                }
                            }
                            // More than a socket and the channel take.
                            var written = 0
                            for await _ in waiting {
                                written += 1
                                if written == 2 { break }
                            }
                            group.cancelAll()
                            while let result = await group.nextResult() { _ = result }
                        }
                        try await writer.finish(nil)
                    })
            }
            await withTaskGroup(of: Void.self) { group in
                group.addTask(executorPreference: elsewhere) {
                    defer { givesUp.yield() }
                    do {
                        for try await _ in request.body { waits.yield() }
                    } catch {}
                }
                _ = await waiting.first { _ in true }
                group.cancelAll()
            }
            return Response(status: .requestTimeout, headers: [.contentLength: "0"])
        }
        try await talk(router) { bound in
            let client = try RawClient(bound)
            try client.send("POST /impatient HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\n")
            if wait == .forBody { try client.send("ab") }
            #expect(await gaveUp.first { _ in true } != nil)
            if wait == .forBody {
                #expect(try await client.readAnswer().hasPrefix("HTTP/1.1 408 "))
            }
            try client.send(wait == .forBody ? "cd" : "abcd")
            try client.send("GET /hello HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
            #expect(try await client.readToEnd().hasSuffix("\r\n\r\nhello"))
        }
    }

    /// Ways in which the body of an answer does not become whole.
    enum Breach: CaseIterable {
        case throwsBeforeHead, throwsInside, isShort, neverFinishes
    }

    @Test(arguments: Breach.allCases)
    func `an answer that does not become whole ends with its connection`(breach: Breach) async throws {
        let router = routes()
        router.get("/broken-off") { _, _ in
            Response(
                status: .ok,
                body: ResponseBody(contentLength: 10) { writer in
                    if breach == .throwsBeforeHead { throw Broken() }
                    try await writer.write(ByteBuffer(string: "half"))
                    if breach == .throwsInside { throw Broken() }
                    if breach == .isShort { try await writer.finish(nil) }
                })
        }
        try await talk(router) { bound in
            let client = try RawClient(bound)
            try client.send("GET /broken-off HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
            let answer = try await client.readToEnd()
            #expect(breach == .throwsBeforeHead ? answer == "" : answer.hasSuffix("\r\n\r\nhalf"), "\(answer)")
        }
    }

    @Test func `a body may be written from another executor`() async throws {
        let router = routes()
        router.post("/elsewhere") { request, _ in
            try await withTaskExecutorPreference(globalConcurrentExecutor) {
                let body = try await request.body.collect(upTo: 1 << 20)
                return Response(
                    status: .ok,
                    body: ResponseBody { writer in
                        try await withTaskExecutorPreference(globalConcurrentExecutor) { [writer] in
                            var writer = writer
                            for _ in 1...100 { try await writer.write(body) }
                            try await writer.finish(nil)
                        }
                    })
            }
        }
        try await talk(router) { bound in
            let client = try RawClient(bound)
            try client.send("POST /elsewhere HTTP/1.0\r\nContent-Length: 4\r\n\r\nab")
            try client.send("cd")
            #expect(try await client.readToEnd().hasSuffix("\r\n\r\n" + String(repeating: "abcd", count: 100)))
        }
    }

    @Test func `many connections are served side by side`() async throws {
        try await talk(Self.echo()) { bound in
            let clients = try (1...200).map { _ in try RawClient(bound) }
            for round in 1...3 {
                for (number, client) in clients.enumerated() {
                    let body = "\(round) of \(number)"
                    try client.send("POST /echo HTTP/1.1\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)")
                }
                for (number, client) in clients.enumerated() {
                    #expect(try await client.readAnswer().hasSuffix("\r\n\r\n\(round) of \(number)"))
                }
            }
        }
    }
}
