import Foundation
import Glibc
import Testing

@testable import Systemd

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

    @Test func `a manager that reads nothing makes nobody wait, and gets everything in order once it reads`() async {
        await #expect(processExitsWith: .success) {
            let socket = try DatagramSocket()
            setenv("NOTIFY_SOCKET", socket.path, 1)
            let notifier = Notifier()
            let queueMax = try #require(
                Int(String(contentsOfFile: "/proc/sys/net/unix/max_dgram_qlen", encoding: .utf8).dropLast()))
            // Comes back, though nobody reads: the queue has room for one more than it says, and some wait.
            let count = queueMax + 1 + NotifySocket.waitingMax / 2
            for number in 1...count { notifier.status("\(number)") }
            for number in 1...count {
                var text = socket.receive()
                while text == nil { text = socket.receive() }
                #expect(text == "STATUS=\(number)")
            }
        }
    }

    @Test func `an abstract name is a socket too`() async {
        await #expect(processExitsWith: .success) {
            let socket = try DatagramSocket(isAbstract: true)
            setenv("NOTIFY_SOCKET", socket.path, 1)
            let notifier = Notifier()
            #expect(notifier.isHeard)
            notifier.ready()
            #expect(socket.receive() == "READY=1")
        }
    }

    @Test func `without a service manager it is silent`() async {
        await #expect(processExitsWith: .success) {
            unsetenv("NOTIFY_SOCKET")
            #expect(!Notifier().isHeard)
            Notifier().ready()
            for name in ["/nowhere/notify", "", "@", "vsock:2:1", "/" + String(repeating: "x", count: 200)] {
                setenv("NOTIFY_SOCKET", name, 1)
                Notifier().ready()
            }
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

    init(isAbstract: Bool = false) throws {
        let folder = "/tmp/yn-\(UUID().uuidString.prefix(8))"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
        path = (isAbstract ? "@" : "") + folder + "/notify"
        descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0)
        var name = sockaddr_un()
        name.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &name.sun_path) {
            $0.copyBytes(from: path.utf8)
            if isAbstract { $0[0] = 0 }
        }
        let size = isAbstract ? MemoryLayout<sa_family_t>.size + path.utf8.count : MemoryLayout<sockaddr_un>.size
        let outcome = withUnsafeBytes(of: &name) {
            bind(
                descriptor, $0.baseAddress!.assumingMemoryBound(to: sockaddr.self),
                socklen_t(size))
        }
        try #require(outcome == 0)
    }

    deinit {
        close(descriptor)
        let file = path.hasPrefix("@") ? String(path.dropFirst()) : path
        try? FileManager.default.removeItem(atPath: (file as NSString).deletingLastPathComponent)
    }

    /// What has been sent already; nil when nothing was. sd_notify(3) is done when it returns, so there is nothing to wait for.
    func receive() -> String? {
        var bytes = [UInt8](repeating: 0, count: 4096)
        let count = recv(descriptor, &bytes, bytes.count, Int32(MSG_DONTWAIT))
        return count < 0 ? nil : String(decoding: bytes[..<count], as: UTF8.self)
    }
}
