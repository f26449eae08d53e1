import Foundation
import Glibc
import Synchronization

/// A client that sends the bytes it is told over a Unix socket, to say what HTTP clients do not. Blocks on threads of its own:
/// those of the tasks are few, and the server under test may run on them.
public final class RawSocket: Sendable {
    private let descriptor: Int32
    private let isOpen = Mutex(true)
    private let unread = Mutex<[UInt8]>([])

    /// Connects to the socket at `path`.
    public init(_ path: String) throws {
        descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        let outcome = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        guard outcome == 0 else { throw ProgramFailure("cannot connect to \(path): errno \(errno)") }
        // A server that does not answer must fail its test, not hang it.
        var bound = timeval(tv_sec: HangLimit.seconds, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &bound, socklen_t(MemoryLayout<timeval>.size))
        setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &bound, socklen_t(MemoryLayout<timeval>.size))
    }

    deinit { hangUp() }

    /// Sends all of a text.
    public func send(_ text: String) async throws {
        try await send(Array(text.utf8))
    }

    /// Sends all of some bytes; a server that closes before it has read them is no error.
    public func send(_ bytes: [UInt8]) async throws {
        try await Self.onThread { [descriptor] in
            var rest = bytes[...]
            while !rest.isEmpty {
                let count = rest.withUnsafeBytes {
                    Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
                }
                if count < 0, errno == EPIPE || errno == ECONNRESET { return }
                guard count > 0 else { throw ProgramFailure("send: errno \(errno)") }
                rest = rest.dropFirst(count)
            }
        }
    }

    /// Says that nothing more comes, and reads on.
    public func finishSending() { shutdown(descriptor, Int32(SHUT_WR)) }

    /// Goes away without a word.
    public func hangUp() {
        isOpen.withLock { isOpen in
            if isOpen { close(descriptor) }
            isOpen = false
        }
    }

    /// The next bytes up to and with `end`; what was there when the connection ended before that.
    public func read(through end: String) async throws -> String {
        let end = Array(end.utf8)
        return String(decoding: try await take { Self.index(after: end, in: $0) }, as: UTF8.self)
    }

    /// Everything up to the end of the connection.
    public func readToEnd() async throws -> String {
        String(decoding: try await take { _ in nil }, as: UTF8.self)
    }

    /// The next answer that has a Content-Length, or is a 204: status line and header fields but that one, an empty line, the body; lines end
    /// with a line feed. The length is checked by its use.
    public func answer() async throws -> String {
        let head = try await read(through: "\r\n\r\n")
        var lines = head.components(separatedBy: "\r\n").filter { !$0.isEmpty }
        if lines.first?.hasPrefix("HTTP/1.1 204 ") == true { return (lines + ["", ""]).joined(separator: "\n") }
        guard let field = lines.first(where: { $0.hasPrefix("Content-Length: ") }),
            let length = Int(field.dropFirst("Content-Length: ".count))
        else { throw ProgramFailure("an answer without a Content-Length: \(head)") }
        lines.removeAll { $0 == field }
        let body = try await take { $0.count >= length ? length : nil }
        guard body.count == length else {
            throw ProgramFailure("the body of an answer was cut off: \(body.count) bytes")
        }
        return (lines + ["", String(decoding: body, as: UTF8.self)]).joined(separator: "\n")
    }

    /// The next chunk of a chunked answer; `nil` for the last.
    public func chunk() async throws -> String? {
        let size = try await read(through: "\r\n")
        guard let length = Int(size.prefix(while: \.isHexDigit), radix: 16) else {
            throw ProgramFailure("no chunk's size: '\(size)'")
        }
        let bytes = try await take { $0.count >= length + 2 ? length + 2 : nil }
        guard bytes.count == length + 2 else { throw ProgramFailure("a chunk was cut off") }
        return length == 0 ? nil : String(decoding: bytes.dropLast(2), as: UTF8.self)
    }

    private func take(_ count: @escaping @Sendable ([UInt8]) -> Int?) async throws -> [UInt8] {
        try await Self.onThread { [descriptor, self] in
            var bytes = unread.withLock { $0 }
            var chunk = [UInt8](repeating: 0, count: 65_536)
            while true {
                if let count = count(bytes) {
                    unread.withLock { $0 = Array(bytes[count...]) }
                    return Array(bytes[..<count])
                }
                let got = Glibc.read(descriptor, &chunk, chunk.count)
                // A server that closes with something of ours unread resets a Unix connection.
                if got == 0 || got < 0 && errno == ECONNRESET {
                    unread.withLock { $0 = [] }
                    return bytes
                }
                guard got > 0 else {
                    throw ProgramFailure("read: errno \(errno) after '\(String(decoding: bytes, as: UTF8.self))'")
                }
                bytes += chunk[..<got]
            }
        }
    }

    private static func index(after end: [UInt8], in bytes: [UInt8]) -> Int? {
        guard bytes.count >= end.count else { return nil }
        return (end.count...bytes.count).first { bytes[($0 - end.count)..<$0].elementsEqual(end) }
    }

    private static func onThread<T: Sendable>(_ work: @escaping @Sendable () throws -> T) async throws -> T {
        try await withCheckedThrowingContinuation { continuation in
            Thread.detachNewThread { continuation.resume(with: Result { try work() }) }
        }
    }
}

/// How many sockets of this process have their own end named `path`: the listening one, and a connection each.
public func openSockets(named path: String) throws -> Int {
    let names = try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd")
    return names.compactMap(Int32.init).count { descriptor in
        var name = sockaddr_un()
        var size = socklen_t(MemoryLayout<sockaddr_un>.size)
        let outcome = withUnsafeMutablePointer(to: &name) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(descriptor, $0, &size) }
        }
        guard outcome == 0, name.sun_family == sa_family_t(AF_UNIX) else { return false }
        return withUnsafeBytes(of: &name.sun_path) { $0.prefix { $0 != 0 }.elementsEqual(path.utf8) }
    }
}
