import Foundation
import Glibc
import Hummingbird
import Listener
import ServiceLifecycle
import Synchronization
import Testing

/// Shutdown under clients that keep coming.
@Suite(.serialized, .timeLimit(.minutes(30))) struct ShutdownTests {
    @Test func `clients that connect while it shuts down crash nothing`() async throws {
        for _ in 1...30 {
            let folder = try Folder()
            try await serving(.unix(path: folder.path + "/s", mode: 0o600), routes()) { bound, group in
                let crowd = Crowd(bound)
                await crowd.untilServed(50)
                await group.triggerGracefulShutdown()
                await crowd.untilGone()
            }
        }
    }
}

/// Clients on threads of their own, each of which connects again and again until nobody listens.
private final class Crowd: Sendable {
    private let served = Atomic<Int>(0)
    private let present = Atomic<Int>(4)

    init(_ address: ListenAddress) {
        for _ in 1...4 {
            Thread.detachNewThread { [self] in
                while let client = try? RawClient(address) {
                    try? client.send("GET /hello HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
                    var bytes = [UInt8](repeating: 0, count: 4_096)
                    while read(client.descriptor, &bytes, bytes.count) > 0 {}
                    served.add(1, ordering: .relaxed)
                }
                present.subtract(1, ordering: .relaxed)
            }
        }
    }

    func untilServed(_ count: Int) async {
        while served.load(ordering: .relaxed) < count { await Task.yield() }
    }

    func untilGone() async {
        while present.load(ordering: .relaxed) > 0 { await Task.yield() }
    }
}
