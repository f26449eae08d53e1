import AsyncHTTPClient
import Foundation
import Glibc
import Hummingbird
import Listener
import Logging
import NIOCore
import ServiceLifecycle
import Synchronization
import Testing

struct HTTPListenerTests {
    @Test func `over a Unix path the route knows who calls`() async throws {
        let folder = try Folder()
        let path = folder.path + "/s"
        try await serving(.unix(path: path, mode: 0o600), routes()) { _, _ in
            let url = try #require(URL(httpURLWithSocketPath: path, uri: "/whoami"))
            let answer = try await HTTPClient.shared.execute(.init(url: url.absoluteString), timeout: .seconds(900))
            let body = try await String(buffer: answer.body.collect(upTo: 1024))
            #expect(body == "\(getpid()) \(getuid()) \(getgid())")
        }
        #expect(!FileManager.default.fileExists(atPath: path))
    }

    @Test func `over TCP with port 0 the port that was bound is told`() async throws {
        try await serving(.tcp(host: "127.0.0.1", port: 0), routes()) { bound, _ in
            guard case .tcp("127.0.0.1", let port) = bound else { throw Broken() }
            #expect(port > 0)
            let answer = try await HTTPClient.shared.execute(
                .init(url: "http://127.0.0.1:\(port)/whoami"), timeout: .seconds(900))
            #expect(try await String(buffer: answer.body.collect(upTo: 1024)) == "unknown")
        }
    }

    @Test func `an inherited descriptor is served and its path is left`() async throws {
        let folder = try Folder()
        let path = folder.path + "/s"
        let inherited = boundSocket(path, listening: true)
        try await serving(.descriptor(inherited), routes()) { _, _ in
            let client = try RawClient(.unix(path: path, mode: 0))
            try client.send("GET /whoami HTTP/1.1\r\nHost: x\r\n\r\n")
            #expect(try await client.readAnswer().hasSuffix("\(getpid()) \(getuid()) \(getgid())"))
        }
        #expect(FileManager.default.fileExists(atPath: path))
    }

    @Test func `an inherited descriptor keeps the long queue that NIO would shorten`() async throws {
        let folder = try Folder()
        let path = folder.path + "/s"
        let inherited = boundSocket(path, listening: true)
        try await serving(.descriptor(inherited), routes()) { _, _ in
            let queue = try #require(Self.queueLengthMax(ofSocketAt: path))
            #expect(queue > 128)
        }
    }

    @Test func `a route that throws is a 500 problem and the connection goes on`() async throws {
        let folder = try Folder()
        let logged = Recorder()
        let logger = Logger(label: "test") { _ in logged }
        try await serving(.unix(path: folder.path + "/s", mode: 0o600), routes(), logger: logger) { bound, _ in
            let client = try RawClient(bound)
            try client.send("GET /broken HTTP/1.1\r\nHost: x\r\n\r\n")
            let answer = try await client.readAnswer()
            #expect(answer.hasPrefix("HTTP/1.1 500 Internal Server Error\r\n"))
            #expect(answer.contains("\r\nContent-Type: application/problem+json\r\n"))
            #expect(
                answer.hasSuffix(
                    #"{"type":"urn:yogiyogi:problem:internal","title":"Internal error","status":500,"#
                        + #""detail":"the request failed inside the service; its log has the reason"}"#))
            try client.send("GET /hello HTTP/1.1\r\nHost: x\r\n\r\n")
            #expect(try await client.readAnswer().hasSuffix("hello"))
        }
        #expect(
            logged.lines.withLock { $0 }.contains(
                "warning a request failed and was answered with 500 Broken() GET /broken"))
    }

    /// Heads that no route should see. (An enum: the tests' output shows the case, not 33 KiB.)
    enum BadHead: String, CaseIterable {
        case notHTTP, tooManyFields, tooLong

        var text: String {
            switch self {
            case .notHTTP: "this is not HTTP\r\n\r\n"
            case .tooManyFields: "GET /hello HTTP/1.1\r\n" + String(repeating: "a: b\r\n", count: 101) + "\r\n"
            case .tooLong: "GET /hello HTTP/1.1\r\na: \(String(repeating: "b", count: 33 << 10))\r\n\r\n"
            }
        }
    }

    @Test(arguments: BadHead.allCases)
    func `a malformed or oversized head is a 400 that ends only its connection`(head: BadHead) async throws {
        let folder = try Folder()
        try await serving(.unix(path: folder.path + "/s", mode: 0o600), routes()) { bound, _ in
            let client = try RawClient(bound)
            try client.send(head.text)
            #expect(try await client.readToEnd().hasPrefix("HTTP/1.1 400 Bad Request\r\n"))
            let second = try RawClient(bound)
            try second.send("GET /hello HTTP/1.1\r\nHost: x\r\n\r\n")
            #expect(try await second.readAnswer().hasSuffix("hello"))
        }
    }

    @Test func `a client that hangs up inside a body is an error to the route and to nobody else`() async throws {
        let folder = try Folder()
        let router = routes()
        let (outcomes, ended) = AsyncStream.makeStream(of: String.self)
        router.post("/echo") { request, _ -> Response in
            do {
                let body = try await request.body.collect(upTo: 1024)
                ended.yield("whole: \(body.readableBytes) bytes")
                return Response(status: .ok, body: .init(byteBuffer: body))
            } catch {
                ended.yield("broken off")
                throw error
            }
        }
        try await serving(.unix(path: folder.path + "/s", mode: 0o600), router) { bound, _ in
            for hangUp in [true, false] {
                let client = try RawClient(bound)
                try client.send("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nhalf")
                if hangUp { shutdown(client.descriptor, Int32(SHUT_RDWR)) } else { client.finishSending() }
                #expect(await outcomes.first { _ in true } == "broken off")
            }
            let second = try RawClient(bound)
            try second.send("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\nfine")
            #expect(try await second.readAnswer().hasSuffix("fine"))
            #expect(await outcomes.first { _ in true } == "whole: 4 bytes")
        }
    }

    @Test func `graceful shutdown answers what is in flight, closes what is idle, and returns`() async throws {
        let folder = try Folder()
        let path = folder.path + "/s"
        let router = routes()
        let (entered, enters) = AsyncStream.makeStream(of: Void.self)
        let (released, release) = AsyncStream.makeStream(of: Void.self)
        router.get("/slow") { _, _ in
            enters.yield()
            for await _ in released { break }
            return "done"
        }
        try await serving(.unix(path: path, mode: 0o600), router) { bound, group in
            let idle = try RawClient(bound)
            try idle.send("GET /hello HTTP/1.1\r\nHost: x\r\n\r\n")
            _ = try await idle.readAnswer()
            let busy = try RawClient(bound)
            try busy.send("GET /slow HTTP/1.1\r\nHost: x\r\n\r\n")
            _ = await entered.first { _ in true }
            await group.triggerGracefulShutdown()
            #expect(try await idle.readToEnd() == "")  // Closed: the shutdown has got as far as the connections.
            #expect(!FileManager.default.fileExists(atPath: path))
            release.yield()
            #expect(try await busy.readToEnd().hasSuffix("done"))
        }
    }

    @Test func `a connection that does nothing is closed`() async throws {
        let folder = try Folder()
        let configuration = HTTPListenerConfiguration(idleTimeout: .milliseconds(50))
        try await serving(
            .unix(path: folder.path + "/s", mode: 0o600), routes(), configuration: configuration
        ) { bound, _ in
            #expect(try await RawClient(bound).readToEnd() == "")
            let slow = try RawClient(bound)
            // On a busy machine it is closed before it has said anything: then this is refused, and there is nothing to read either.
            try? slow.send("GET /hello HTTP/1.1\r\nHo")
            #expect(try await slow.readToEnd() == "")
        }
    }

    @Test func `neither the socket nor an accepted connection is inherited by child processes`() async throws {
        let folder = try Folder()
        let path = folder.path + "/s"
        let router = routes()
        router.get("/flags") { _, _ in
            Self.descriptors(ofSocketAt: path).map { fcntl($0, F_GETFD) & FD_CLOEXEC == 0 ? "leaks" : "closes" }
                .joined(separator: " ")
        }
        try await serving(.unix(path: path, mode: 0o600), router) { bound, _ in
            let client = try RawClient(bound)
            try client.send("GET /flags HTTP/1.1\r\nHost: x\r\n\r\n")
            #expect(try await client.readAnswer().hasSuffix("\r\n\r\ncloses closes"))
        }
    }

    /// The send queue of a listening Unix socket is its backlog, as ss(8) shows it.
    private static func queueLengthMax(ofSocketAt path: String) -> Int? {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/ss")
        process.arguments = ["-Hxl", "src", path]
        let output = Pipe()
        process.standardOutput = output
        guard (try? process.run()) != nil else { return nil }
        let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        let columns = text.split(whereSeparator: \.isWhitespace)
        return columns.count > 3 ? Int(columns[3]) : nil
    }

    /// The descriptors of this process whose own end is named `path`: the listening one and those that it accepted.
    private static func descriptors(ofSocketAt path: String) -> [Int32] {
        // Of all, as tests that run beside this one have many.
        let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd")) ?? []
        return names.compactMap(Int32.init).filter { descriptor in
            var name = sockaddr_un()
            var size = socklen_t(MemoryLayout<sockaddr_un>.size)
            let outcome = withUnsafeMutableBytes(of: &name) {
                getsockname(descriptor, $0.baseAddress!.assumingMemoryBound(to: sockaddr.self), &size)
            }
            guard outcome == 0, name.sun_family == sa_family_t(AF_UNIX) else { return false }
            return withUnsafeBytes(of: &name.sun_path) { $0.prefix { $0 != 0 }.elementsEqual(path.utf8) }
        }
    }
}

/// Keeps what was logged, a line an event.
final class Recorder: LogHandler {
    let lines = Mutex<[String]>([])
    var metadata: Logger.Metadata {
        get { [:] }
        set {}
    }
    var logLevel: Logger.Level {
        get { .trace }
        set {}
    }
    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { nil }
        set {}
    }
    func log(event: LogEvent) {
        let values = (event.metadata ?? [:]).sorted { $0.key < $1.key }.map { "\($0.value)" }
        lines.withLock { $0.append((["\(event.level)", "\(event.message)"] + values).joined(separator: " ")) }
    }
}
