import Foundation
import Glibc

/// A datagram socket that stands for systemd's: programs say there that they are ready.
final class NoticeSocket: Sendable {
    let path: String
    private let descriptor: Int32

    init(path: String) throws {
        self.path = path
        descriptor = Glibc.socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        let outcome = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        guard outcome == 0 else { throw ProgramFailure("cannot bind \(path): errno \(errno)") }
        // A program that never gets ready must fail its test, not hang it; looked at often, as one that ended says nothing.
        var bound = timeval(tv_sec: 0, tv_usec: 100_000)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &bound, socklen_t(MemoryLayout<timeval>.size))
    }

    deinit {
        close(descriptor)
        unlink(path)
    }

    /// Blocks until `READY=1` came, or `isAlive` says no, or it hangs.
    func awaitReady(while isAlive: () -> Bool) -> Bool {
        let hang = HangLimit()
        while !hang.isOver {
            var buffer = [UInt8](repeating: 0, count: 4_096)
            let count = recv(descriptor, &buffer, buffer.count, 0)
            if count > 0, String(decoding: buffer.prefix(count), as: UTF8.self).contains("READY=1") { return true }
            if count < 0, !isAlive() { return false }
        }
        return false
    }
}
