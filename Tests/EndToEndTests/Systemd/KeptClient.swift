import Foundation
import Glibc
import TestPrograms

/// A client as simple as can be, which keeps its connection for as long as it may: what HTTP libraries put right by themselves, it
/// sees. Blocks; for a thread of its own.
final class KeptClient {
    /// What came of a request.
    enum Outcome: Equatable {
        case answered(status: Int, body: String)
        /// Nobody was at the socket.
        case refused(Int32)
        /// It was sent, and no whole answer came.
        case lost(String)
    }

    private let path: String
    private var descriptor: Int32 = -1

    init(_ path: String) { self.path = path }

    deinit { hangUp() }

    /// Sends a request and reads its answer. A connection that was closed while it lay idle, before a byte of the request was taken,
    /// is no loss: it is sent on a new one, as every client does (RFC 9112, section 9.3.1).
    func ask(_ method: String, _ target: String, body: String = "") -> Outcome {
        let text =
            "\(method) \(target) HTTP/1.1\r\nHost: localhost\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)"
        let isKept = descriptor >= 0
        if !isKept, let failure = connect() { return .refused(failure) }
        let bytes = Array(text.utf8)
        let sent = send(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL))
        guard sent == bytes.count else {
            let cause = errno
            hangUp()
            if sent < 0, cause == EPIPE, isKept { return ask(method, target, body: body) }
            return .lost("sent \(sent) of \(bytes.count) bytes, errno \(cause)")
        }
        return answer()
    }

    private func answer() -> Outcome {
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 65_536)
        while true {
            let text = String(decoding: bytes, as: UTF8.self)
            if let end = text.range(of: "\r\n\r\n") {
                let head = text[..<end.lowerBound].lowercased()
                let length = head.firstMatch(of: /content-length: (\d+)/).flatMap { Int($0.output.1) } ?? 0
                let body = text[end.upperBound...]
                if body.utf8.count >= length {
                    if head.contains("\r\nconnection: close") { hangUp() }
                    return .answered(status: Int(text.dropFirst(9).prefix(3)) ?? 0, body: String(body))
                }
            }
            let count = read(descriptor, &chunk, chunk.count)
            guard count > 0 else {
                let cause = errno
                hangUp()
                return .lost(count == 0 ? "closed after '\(text)'" : "errno \(cause) after '\(text)'")
            }
            bytes += chunk[..<count]
        }
    }

    /// Closes the connection; the next request makes another.
    func hangUp() {
        if descriptor >= 0 { close(descriptor) }
        descriptor = -1
    }

    private func connect() -> Int32? {
        descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        let outcome = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                Glibc.connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        // A daemon that never answers must fail the test, not hang it.
        var bound = timeval(tv_sec: HangLimit.seconds, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &bound, socklen_t(MemoryLayout<timeval>.size))
        guard outcome != 0 else { return nil }
        let cause = errno
        hangUp()
        return cause
    }
}
