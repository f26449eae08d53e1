import Foundation
import HTTPTypes
import Hummingbird
import Testing

@testable import Listener

/// Connections that share what there is, over a real socket.
@Suite(.timeLimit(.minutes(30))) struct BudgetTests {
    private static let hello = "GET /hello HTTP/1.1\r\nHost: x\r\n\r\n"

    private func echo() -> Router<BasicRequestContext> {
        let router = routes()
        router.post("/size") { request, _ in
            String(try await request.body.collect(upTo: 1 << 20).readableBytes)
        }
        router.get("/page") { _, _ in String(repeating: "x", count: 4 << 20) }
        return router
    }

    private func begun(_ bound: ListenAddress, length: Int, sending bytes: Int) throws -> RawClient {
        let client = try RawClient(bound)
        let head = "POST /size HTTP/1.1\r\nHost: x\r\nContent-Length: \(length)\r\n\r\n"
        try client.send(head + String(repeating: "x", count: bytes))
        return client
    }

    @Test func `half bodies hold no more than their budget, the service answers beside them, and each can be ended`()
        async throws
    {
        let folder = try Folder()
        let budget = ConnectionBudget(
            connectionsMax: 1_000, unreadBytesMax: 1 << 20, operators: [], patience: .seconds(3_600))
        let configuration = HTTPListenerConfiguration(budget: budget)
        try await serving(.unix(path: folder.path + "/s", mode: 0o600), echo(), configuration: configuration) {
            bound, _ in
            let clients = try (0..<200).map { _ in try begun(bound, length: 100_000, sending: 10_000) }
            while budget.bodies.used == 0 || budget.connections.used < 200 { await Task.yield() }
            let other = try RawClient(bound)
            for _ in 0..<20 {
                try other.send(Self.hello)
                #expect(try await other.readAnswer().hasSuffix("hello"))
                #expect(budget.bodies.used <= 512 << 10)
            }
            // A body that comes with its head waits for none of them.
            #expect(try await begun(bound, length: 5, sending: 5).readAnswer().hasSuffix("5"))
            for client in clients {
                let rest = String(repeating: "x", count: 90_000)
                Thread.detachNewThread { try? client.send(rest) }
            }
            for client in clients { #expect(try await client.readAnswer().hasSuffix("100000")) }
            while budget.bodies.used != 0 { await Task.yield() }
        }
    }

    @Test func `a crowd beyond the places loses its oldest idle connection, and who is answered stays`() async throws {
        let folder = try Folder()
        let budget = ConnectionBudget(connectionsMax: 20, unreadBytesMax: 1 << 20, operators: [])
        let configuration = HTTPListenerConfiguration(budget: budget)
        try await serving(.unix(path: folder.path + "/s", mode: 0o600), echo(), configuration: configuration) {
            bound, _ in
            var clients: [RawClient] = []
            for _ in 0..<100 {
                let client = try RawClient(bound)
                try client.send(Self.hello)
                #expect(try await client.readAnswer().hasSuffix("hello"))
                clients.append(client)
                #expect(budget.connections.used <= 10)
            }
            #expect(try await clients[0].readToEnd().isEmpty)
            try clients[99].send(Self.hello)
            #expect(try await clients[99].readAnswer().hasSuffix("hello"))
        }
    }

    @Test func `a user whose places are all being answered is told so`() async throws {
        let folder = try Folder()
        let budget = ConnectionBudget(connectionsMax: 4, unreadBytesMax: 1 << 20, operators: [])
        let configuration = HTTPListenerConfiguration(budget: budget)
        let (waits, waiting) = AsyncStream.makeStream(of: Void.self)
        let router = echo()
        router.get("/wait") { _, _ in
            waiting.yield()
            // Until the client has gone.
            let (never, held) = AsyncStream.makeStream(of: Void.self)
            for await _ in never {}
            held.finish()
            return ""
        }
        try await serving(.unix(path: folder.path + "/s", mode: 0o600), router, configuration: configuration) {
            bound, _ in
            var clients: [RawClient] = []
            var began = waits.makeAsyncIterator()
            for _ in 0..<2 {
                let client = try RawClient(bound)
                try client.send("GET /wait HTTP/1.1\r\nHost: x\r\n\r\n")
                await began.next()
                clients.append(client)
            }
            let third = try RawClient(bound)
            try third.send(Self.hello)
            let answer = try await third.readToEnd()
            #expect(answer.hasPrefix("HTTP/1.1 429 Too Many Requests\r\n") && answer.contains("Retry-After: 1\r\n"))
            clients.removeFirst()
            while budget.connections.used > 1 { await Task.yield() }
            let fourth = try RawClient(bound)
            try fourth.send(Self.hello)
            #expect(try await fourth.readAnswer().hasSuffix("hello"))
        }
    }

    @Test func `answers that nobody reads are bounded, and the one that is read comes whole`() async throws {
        let folder = try Folder()
        let budget = ConnectionBudget(connectionsMax: 1_000, unreadBytesMax: 16 << 20, operators: [])
        let configuration = HTTPListenerConfiguration(budget: budget)
        try await serving(.unix(path: folder.path + "/s", mode: 0o600), echo(), configuration: configuration) {
            bound, _ in
            var clients: [RawClient] = []
            defer { clients.removeAll() }
            for _ in 0..<20 {
                let client = try RawClient(bound)
                try client.send("GET /page HTTP/1.1\r\nHost: x\r\n\r\n")
                clients.append(client)
            }
            let other = try RawClient(bound)
            try other.send(Self.hello)
            #expect(try await other.readAnswer().hasSuffix("hello"))
            while budget.answers.used == 0 || budget.connections.used > 3 { await Task.yield() }
            #expect(budget.answers.used <= 8 << 20)
            let late = try RawClient(bound)
            try late.send("GET /page HTTP/1.1\r\nHost: x\r\n\r\n")
            #expect(try await late.readAnswer().utf8.count > 4 << 20)
        }
    }
}
