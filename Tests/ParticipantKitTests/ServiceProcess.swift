import AsyncHTTPClient
import CEL
import Foundation
import Glibc
import NIOCore
import NIOHTTP1
import Testing

/// A folder of its own under /tmp, so that socket paths are short; removed when dropped.
final class TemporaryFolder: Sendable {
    let path: String

    init() throws {
        path = "/tmp/yogi-kit-\(UUID().uuidString.prefix(13))"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func file(_ name: String) -> String { "\(path)/\(name)" }

    /// The bytes of all files in it, for looking for what must not be there.
    func bytes() throws -> Data {
        try FileManager.default.contentsOfDirectory(atPath: path).reduce(into: Data()) { all, name in
            // Sockets cannot be read.
            if let content = FileManager.default.contents(atPath: file(name)) { all += content }
        }
    }
}

/// What a service answered.
struct Reply: Equatable {
    let status: Int
    let text: String
    let type: String?
    let link: String?

    var json: Value { (try? JSON.parse(text)) ?? .null }
    var code: String? { json["code"]?.stringValue }
}

/// A built program of this package as a child process on a private Unix socket.
final class ServiceProcess: Sendable {
    let socket: String
    private let process = Process()
    private let client: HTTPClient
    private let log: String

    /// Where the test program stands, the others stand too.
    static func program(_ name: String) throws -> URL {
        let tests = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        let url = URL(fileURLWithPath: tests).deletingLastPathComponent().appendingPathComponent(name)
        try #require(FileManager.default.isExecutableFile(atPath: url.path), "\(url.path) is not built")
        return url
    }

    private init(_ name: String, _ folder: TemporaryFolder, _ arguments: [String], notify: String) throws {
        socket = folder.file("\(name).sock")
        log = folder.file("\(name).log")
        process.executableURL = try Self.program(name)
        process.arguments =
            ["--listen", "unix:\(socket)", "--database", folder.file("\(name).db")] + arguments
        process.environment = ["NOTIFY_SOCKET": notify, "PATH": "/usr/bin:/bin"]
        _ = FileManager.default.createFile(atPath: log, contents: nil)
        let output = try FileHandle(forWritingTo: URL(fileURLWithPath: log))
        process.standardError = output
        process.standardOutput = output
        var configuration = HTTPClient.Configuration()
        configuration.timeout = .init(connect: .seconds(10), read: .seconds(30))
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = 128
        configuration.connectionPool.retryConnectionEstablishment = false
        client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
        try process.run()
    }

    /// Runs `body` with the service once it has said READY=1, and stops it afterwards.
    static func run<Result>(
        _ name: String, in folder: TemporaryFolder, _ arguments: [String] = [],
        isolation: isolated (any Actor)? = #isolation,
        _ body: (ServiceProcess) async throws -> Result
    ) async throws -> Result {
        let notices = try NoticeSocket(path: folder.file("notify-\(UUID().uuidString.prefix(8))"))
        let service = try ServiceProcess(name, folder, arguments, notify: notices.path)
        do {
            let notice = try await notices.next()
            try #require(notice.contains("READY=1"), "\(name) said '\(notice)' and logged: \(service.logText)")
            let result = try await body(service)
            try await service.stop()
            return result
        } catch {
            service.kill()
            try await service.stop()
            throw error
        }
    }

    var logText: String { (try? String(contentsOfFile: log, encoding: .utf8)) ?? "" }

    /// SIGKILL: nothing is flushed, nobody is told.
    func kill() {
        guard process.isRunning else { return }
        Glibc.kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
    }

    /// SIGTERM, and the status that it ended with.
    func terminate() -> Int32 {
        process.terminate()
        process.waitUntilExit()
        return process.terminationStatus
    }

    private func stop() async throws {
        if process.isRunning { _ = terminate() }
        try await client.shutdown()
    }

    func get(_ path: String) async throws -> Reply {
        try await send(HTTPClientRequest(url: url(path)))
    }

    /// POSTs with the headers of the engine. `key` nil leaves the header out.
    func post(
        _ path: String, key: String?, compensates: String? = nil, saga: String = "saga-1",
        deadline: String? = nil, _ body: String
    ) async throws -> Reply {
        var request = HTTPClientRequest(url: url(path))
        request.method = .POST
        let headers = [
            ("Idempotency-Key", key), ("Saga-Compensates", compensates), ("Saga-Id", saga), ("Saga-Deadline", deadline),
        ]
        for (name, value) in headers { if let value { request.headers.add(name: name, value: value) } }
        request.headers.add(name: "Content-Type", value: "application/json")
        request.body = .bytes(ByteBuffer(string: body))
        return try await send(request)
    }

    private func url(_ path: String) -> String {
        let encoded = socket.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? ""
        return "http+unix://\(encoded)\(path)"
    }

    private func send(_ request: HTTPClientRequest) async throws -> Reply {
        let response = try await client.execute(request, timeout: .seconds(60))
        let body = try await response.body.collect(upTo: 1 << 24)
        return Reply(
            status: Int(response.status.code), text: String(buffer: body),
            type: response.headers.first(name: "content-type"), link: response.headers.first(name: "link"))
    }
}

/// A datagram socket that stands for systemd's: services say there that they are ready.
struct NoticeSocket {
    let path: String
    private let descriptor: Int32

    init(path: String) throws {
        self.path = path
        descriptor = Glibc.socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        try #require(descriptor >= 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        let outcome = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        try #require(outcome == 0, "bind \(path): \(errno)")
        // A service that never gets ready must fail its test, not hang it.
        var bound = timeval(tv_sec: 30, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &bound, socklen_t(MemoryLayout<timeval>.size))
    }

    /// The next notice; empty when none came in 30 s.
    func next() async throws -> String {
        let descriptor = descriptor
        return await withCheckedContinuation { continuation in
            Thread.detachNewThread {
                var buffer = [UInt8](repeating: 0, count: 4096)
                let count = recv(descriptor, &buffer, buffer.count, 0)
                close(descriptor)
                continuation.resume(returning: String(decoding: buffer.prefix(max(0, count)), as: UTF8.self))
            }
        }
    }
}
