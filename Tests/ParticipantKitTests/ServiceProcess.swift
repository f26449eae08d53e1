import AsyncHTTPClient
import CEL
import Foundation
import NIOCore
import NIOHTTP1
import TestPrograms

/// What a service answered.
struct Reply: Equatable {
    let status: Int
    let text: String
    let type: String?
    let link: String?
    /// The header `Saga-Outcome`.
    var word: String?

    var json: Value { (try? JSON.parse(text)) ?? .null }
    var code: String? { json["code"]?.stringValue }
}

/// A built program of this package as a child process on a private Unix socket.
final class ServiceProcess: Sendable {
    let socket: String
    private let program: RunningProgram
    private let client: HTTPClient

    private init(_ name: String, _ folder: TemporaryFolder, _ arguments: [String]) async throws {
        socket = folder.file("\(name).sock")
        program = try await RunningProgram(
            name, ["--listen", "unix:\(socket)", "--database", folder.file("\(name).db")] + arguments, in: folder)
        var configuration = HTTPClient.Configuration()
        let limit = TimeAmount.seconds(Int64(HangLimit.seconds))
        configuration.timeout = .init(connect: limit, read: limit)
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = 128
        configuration.connectionPool.retryConnectionEstablishment = false
        client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }

    /// Runs `body` with the service once it has said READY=1, and stops it afterwards.
    static func run<Result>(
        _ name: String, in folder: TemporaryFolder, _ arguments: [String] = [],
        isolation: isolated (any Actor)? = #isolation,
        _ body: (ServiceProcess) async throws -> Result
    ) async throws -> Result {
        let service = try await ServiceProcess(name, folder, arguments)
        do {
            let result = try await body(service)
            try await service.stop()
            return result
        } catch {
            await service.kill()
            try await service.stop()
            throw error
        }
    }

    /// SIGKILL: nothing is flushed, nobody is told.
    func kill() async { await program.kill() }

    /// SIGTERM, and the status that it ended with.
    func terminate() async -> Int32 { await program.terminate() }

    private func stop() async throws {
        await program.terminate()
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
        let response = try await client.execute(request, timeout: .seconds(Int64(HangLimit.seconds)))
        let body = try await response.body.collect(upTo: 1 << 24)
        return Reply(
            status: Int(response.status.code), text: String(buffer: body),
            type: response.headers.first(name: "content-type"), link: response.headers.first(name: "link"),
            word: response.headers.first(name: "saga-outcome"))
    }
}
