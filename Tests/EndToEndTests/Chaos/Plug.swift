import Foundation
import Glibc
import TestPrograms

/// One end of a connection over a Unix socket that blocks its thread; closed when dropped.
final class Plug {
    private let descriptor: Int32
    private var unread: [UInt8] = []

    init(_ descriptor: Int32) {
        self.descriptor = descriptor
    }

    /// Connects; `nil` when nobody listens at `path`.
    init?(to path: String) {
        descriptor = Self.socket()
        guard Self.with(path, { connect(descriptor, $0, $1) }) == 0 else { return nil }
    }

    deinit { close(descriptor) }

    static func socket() -> Int32 {
        Glibc.socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    }

    /// Calls `body` with the address of `path`.
    static func with(_ path: String, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32) -> Int32 {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                body($0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
    }

    /// Sends all; whether the other end took it.
    @discardableResult
    func send(_ bytes: some Collection<UInt8>) -> Bool {
        var rest = Array(bytes)[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
            guard count > 0 else { return false }
            rest = rest.dropFirst(count)
        }
        return true
    }

    /// The next message of HTTP/1.1, head and body, which has a Content-Length or no body; `nil` at the end of the connection.
    func message() -> [UInt8]? {
        while true {
            if let end = Self.end(of: unread) {
                defer { unread.removeFirst(end) }
                return Array(unread[..<end])
            }
            var chunk = [UInt8](repeating: 0, count: 65_536)
            let got = read(descriptor, &chunk, chunk.count)
            guard got > 0 else { return nil }
            unread += chunk[..<got]
        }
    }

    /// Blocks until the other end is gone, `milliseconds` at most.
    func awaitHangUp(milliseconds: Int32) {
        // POLLRDHUP of poll(2), which Glibc shows to GNU sources alone.
        var poll = pollfd(fd: descriptor, events: 0x2000, revents: 0)
        _ = Glibc.poll(&poll, 1, milliseconds)
    }

    private static func end(of bytes: [UInt8]) -> Int? {
        let blank = Array("\r\n\r\n".utf8)
        guard let head = (0...max(0, bytes.count - 4)).first(where: { bytes[$0...].starts(with: blank) }) else {
            return nil
        }
        let fields = String(decoding: bytes[..<head], as: UTF8.self).lowercased().components(separatedBy: "\r\n")
        let field = fields.first { $0.hasPrefix("content-length:") }
        let length = field.flatMap { Int($0.dropFirst(15).trimmingCharacters(in: .whitespaces)) } ?? 0
        precondition(!fields.contains { $0.hasPrefix("transfer-encoding:") }, "the proxy reads no chunks: \(fields)")
        let end = head + blank.count + length
        return bytes.count >= end ? end : nil
    }
}
