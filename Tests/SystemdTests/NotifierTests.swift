import Foundation
import Glibc
import Systemd
import Testing

struct NotifierTests {
    @Test func `what systemd is told, byte for byte`() async {
        await #expect(processExitsWith: .success) {
            let socket = try DatagramSocket()
            setenv("NOTIFY_SOCKET", socket.path, 1)
            let notifier = Notifier()
            notifier.ready()
            #expect(socket.receive() == "READY=1")
            notifier.ready(status: "1 204 live, 3 stuck")
            #expect(socket.receive() == "READY=1\nSTATUS=1 204 live, 3 stuck")
            notifier.status("payment breaker\nREADY=1")
            #expect(socket.receive() == "STATUS=payment breaker READY=1")
            notifier.stopping(status: "finishing")
            #expect(socket.receive() == "STOPPING=1\nSTATUS=finishing")
            notifier.extendTimeout(by: .milliseconds(2500))
            #expect(socket.receive() == "EXTEND_TIMEOUT_USEC=2500000")
            notifier.watchdog()
            #expect(socket.receive() == "WATCHDOG=1")
        }
    }

    @Test func `a reload carries the time of the monotonic clock`() async {
        await #expect(processExitsWith: .success) {
            let socket = try DatagramSocket()
            setenv("NOTIFY_SOCKET", socket.path, 1)
            let before = monotonicMicroseconds()
            Notifier().reloading(status: "loading workflows")
            let lines = try #require(socket.receive()).split(separator: "\n")
            #expect(lines.first == "RELOADING=1")
            #expect(lines.last == "STATUS=loading workflows")
            let sent = try #require(Int64(lines[1].dropFirst("MONOTONIC_USEC=".count)))
            #expect((before...monotonicMicroseconds()).contains(sent))
        }
    }

    @Test func `without a service manager it is silent`() async {
        await #expect(processExitsWith: .success) {
            unsetenv("NOTIFY_SOCKET")
            Notifier().ready()
            setenv("NOTIFY_SOCKET", "/nowhere/notify", 1)
            Notifier().ready()
        }
    }
}

func monotonicMicroseconds() -> Int64 {
    var now = timespec()
    clock_gettime(CLOCK_MONOTONIC, &now)
    return Int64(now.tv_sec) * 1_000_000 + Int64(now.tv_nsec) / 1000
}

/// A bound datagram socket that stands for systemd's end.
final class DatagramSocket {
    let path: String
    private let descriptor: Int32

    init() throws {
        let folder = "/tmp/yn-\(UUID().uuidString.prefix(8))"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
        path = folder + "/notify"
        descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0)
        var name = sockaddr_un()
        name.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &name.sun_path) { $0.copyBytes(from: path.utf8) }
        let outcome = withUnsafeBytes(of: &name) {
            bind(
                descriptor, $0.baseAddress!.assumingMemoryBound(to: sockaddr.self),
                socklen_t(MemoryLayout<sockaddr_un>.size))
        }
        try #require(outcome == 0)
    }

    deinit {
        close(descriptor)
        try? FileManager.default.removeItem(atPath: (path as NSString).deletingLastPathComponent)
    }

    /// What has been sent already; nil when nothing was. sd_notify(3) is done when it returns, so there is nothing to wait for.
    func receive() -> String? {
        var bytes = [UInt8](repeating: 0, count: 4096)
        let count = recv(descriptor, &bytes, bytes.count, Int32(MSG_DONTWAIT))
        return count < 0 ? nil : String(decoding: bytes[..<count], as: UTF8.self)
    }
}
