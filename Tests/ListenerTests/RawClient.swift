import Foundation
import Glibc
import Listener

/// A client that says exactly the bytes it is told, to say what HTTP clients do not. Blocks on threads of its own: those of Dispatch
/// also run the tasks, are two, and grow by one a second.
final class RawClient: Sendable {
    let descriptor: Int32

    init(_ address: ListenAddress) throws {
        switch address {
        case .unix(let path, _):
            descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
            var name = unixAddress(path)
            try Self.connect(descriptor, &name)
        case .tcp(_, let port):
            descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
            var name = sockaddr_in()
            name.sin_family = sa_family_t(AF_INET)
            name.sin_port = in_port_t(port).bigEndian
            name.sin_addr.s_addr = in_addr_t(0x7f00_0001).bigEndian
            try Self.connect(descriptor, &name)
        case .descriptor: throw Failure(what: "cannot connect to a descriptor", code: 0)
        }
    }

    deinit { close(descriptor) }

    struct Failure: Error {
        let what: String
        let code: Int32
    }

    func send(_ text: String) throws {
        let bytes = Array(text.utf8)
        guard Glibc.send(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL)) == bytes.count else {
            throw Failure(what: "send", code: errno)
        }
    }

    func finishSending() { shutdown(descriptor, Int32(SHUT_WR)) }

    /// Everything up to the end of the connection.
    func readToEnd() async throws -> String {
        try await read { _ in false }
    }

    /// One answer that has a Content-Length.
    func readAnswer() async throws -> String {
        try await read { text in
            guard let head = text.range(of: "\r\n\r\n") else { return false }
            guard let field = text.lowercased().range(of: "content-length: ") else { return true }
            let length = Int(text[field.upperBound...].prefix { $0.isNumber }) ?? 0
            return text[head.upperBound...].utf8.count >= length
        }
    }

    private func read(until isWhole: @escaping @Sendable (String) -> Bool) async throws -> String {
        let descriptor = self.descriptor
        return try await withCheckedThrowingContinuation { continuation in
            Thread.detachNewThread {
                var bytes: [UInt8] = []
                var chunk = [UInt8](repeating: 0, count: 4096)
                while !isWhole(String(decoding: bytes, as: UTF8.self)) {
                    let count = Glibc.read(descriptor, &chunk, chunk.count)
                    if count < 0 {
                        return continuation.resume(throwing: Failure(what: "read", code: errno))
                    }
                    if count == 0 { break }
                    bytes += chunk[..<count]
                }
                continuation.resume(returning: String(decoding: bytes, as: UTF8.self))
            }
        }
    }

    static func connect<Name>(_ descriptor: Int32, _ name: inout Name) throws {
        let outcome = withUnsafeBytes(of: &name) {
            Glibc.connect(
                descriptor, $0.baseAddress!.assumingMemoryBound(to: sockaddr.self), socklen_t(MemoryLayout<Name>.size))
        }
        guard outcome == 0 else { throw Failure(what: "connect", code: errno) }
    }
}

func unixAddress(_ path: String) -> sockaddr_un {
    var name = sockaddr_un()
    name.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &name.sun_path) { $0.copyBytes(from: path.utf8) }
    return name
}

/// A bound socket that another process might have left or passed: listening, or with nobody behind it.
func boundSocket(_ path: String, listening: Bool) -> Int32 {
    let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
    var name = unixAddress(path)
    _ = withUnsafeBytes(of: &name) {
        bind(
            descriptor, $0.baseAddress!.assumingMemoryBound(to: sockaddr.self),
            socklen_t(MemoryLayout<sockaddr_un>.size))
    }
    if listening { listen(descriptor, 8) }
    return descriptor
}
