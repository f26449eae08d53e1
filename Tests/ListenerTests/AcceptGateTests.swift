import Foundation
import Glibc
import ServiceLifecycle
import Synchronization
import Testing

@testable import Listener

@Suite(.timeLimit(.minutes(30))) struct AcceptGateTests {
    @Test func `beyond the maximum clients wait for their turn, which is told once`() async throws {
        let folder = try Folder()
        let pauses = Mutex<[AcceptPause]>([])
        let configuration = HTTPListenerConfiguration(connectionsMax: 2)
        let onPause: @Sendable (AcceptPause) -> Void = { pause in pauses.withLock { $0.append(pause) } }
        try await serving(
            .unix(path: folder.path + "/s", mode: 0o600), routes(), configuration: configuration, onPause: onPause
        ) { bound, _ in
            let request = "GET /hello HTTP/1.1\r\nHost: x\r\n\r\n"
            var clients = [try RawClient(bound), try RawClient(bound)]
            for client in clients {
                try client.send(request)
                #expect(try await client.readAnswer().hasSuffix("hello"))
            }
            for _ in 0..<3 {
                // Connected, as far as the kernel is concerned, and not accepted.
                let next = try RawClient(bound)
                try next.send(request)
                var waiting = pollfd(fd: next.descriptor, events: Int16(POLLIN), revents: 0)
                for client in clients {
                    try client.send(request)
                    #expect(try await client.readAnswer().hasSuffix("hello"))
                }
                #expect(poll(&waiting, 1, 0) == 0)
                clients.removeFirst()
                #expect(try await next.readAnswer().hasSuffix("hello"))
                clients.append(next)
            }
        }
        #expect(pauses.withLock { $0 } == [.tooManyConnections(max: 2)])
    }

    @Test func `a process without descriptors tells it once, and accepts when there are some`() async throws {
        await #expect(processExitsWith: .success) {
            let folder = try Folder()
            let (paused, pauses) = AsyncStream.makeStream(of: AcceptPause.self)
            let onPause: @Sendable (AcceptPause) -> Void = { pauses.yield($0) }
            try await serving(
                .unix(path: folder.path + "/s", mode: 0o600), routes(), onPause: onPause
            ) { bound, _ in
                let client = try RawClient(bound)
                try client.send("GET /hello HTTP/1.1\r\nHost: x\r\n\r\n")
                _ = try await client.readAnswer()
                let late = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
                var limit = rlimit()
                getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
                let before = limit.rlim_cur
                limit.rlim_cur = 3
                setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
                var name = unixAddress(folder.path + "/s")
                try RawClient.connect(late, &name)
                #expect(await paused.first { _ in true } == .noDescriptors)
                // Those that are there are served.
                try client.send("GET /hello HTTP/1.1\r\nHost: x\r\n\r\n")
                #expect(try await client.readAnswer().hasSuffix("hello"))
                limit.rlim_cur = before
                setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
                let request = Array("GET /hello HTTP/1.1\r\nHost: x\r\n\r\n".utf8)
                #expect(send(late, request, request.count, 0) == request.count)
                var waiting = pollfd(fd: late, events: Int16(POLLIN), revents: 0)
                #expect(poll(&waiting, 1, 60_000) == 1)
                close(late)
            }
        }
    }

    @Test(arguments: [(80, 30, 30), (1_024, 40, 728), (65_536, 40, 64_472), (30, 40, 8), (0, 0, 8)])
    func `what is left for connections leaves some for the rest`(limit: Int, open: Int, left: Int) {
        #expect(DescriptorLimit.connectionsMax(of: limit, open: open) == left)
    }
}
