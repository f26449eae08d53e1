import Foundation
import Hummingbird
import Listener
import Logging
import ServiceLifecycle
import Testing

/// Runs a listener in a service group while `body` talks to it, then shuts it down gracefully and waits until it has returned.
func serving<Result: Sendable>(
    _ address: ListenAddress, _ router: Router<BasicRequestContext>,
    configuration: HTTPListenerConfiguration = .init(), logger: Logger = .silent,
    onPause: (@Sendable (AcceptPause) -> Void)? = nil,
    body: (ListenAddress, ServiceGroup) async throws -> Result
) async throws -> Result {
    let (accepting, accepts) = AsyncStream.makeStream(of: ListenAddress.self)
    let listener = try HTTPListener(
        address: address, responder: router.buildResponder(), configuration: configuration, logger: logger,
        onListening: { accepts.yield($0) }, onPause: onPause)
    let group = ServiceGroup(
        configuration: .init(services: [listener], gracefulShutdownSignals: [], logger: .silent))
    return try await withThrowingTaskGroup(of: Void.self) { tasks in
        tasks.addTask { try await group.run() }
        let bound = try #require(await accepting.first { _ in true })
        let result = try await body(bound, group)
        await group.triggerGracefulShutdown()
        try await tasks.waitForAll()
        return result
    }
}

/// The routes that the tests talk to.
func routes() -> Router<BasicRequestContext> {
    let router = Router()
    router.get("/hello") { _, _ in "hello" }
    router.get("/whoami") { _, _ in
        PeerCredentials.current.map { "\($0.pid) \($0.uid) \($0.gid)" } ?? "unknown"
    }
    router.get("/broken") { _, _ -> String in throw Broken() }
    return router
}

struct Broken: Error {}

extension Logger {
    static var silent: Logger { Logger(label: "silent") { _ in SwiftLogNoOpLogHandler() } }
}

/// A fresh folder with a short name, for Unix paths have 107 bytes at most.
struct Folder: ~Copyable {
    let path: String

    init() throws {
        path = "/tmp/yl-\(UUID().uuidString.prefix(8))"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }
}
