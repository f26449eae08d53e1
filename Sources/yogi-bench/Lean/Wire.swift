import Glibc

/// One end of a connection whose messages all have a Content-Length, as yogiyogi sends them: no HTTP library, so that what is measured is
/// the daemon. Blocks while it sends.
struct Wire {
    let descriptor: Int32
    private var unread: [UInt8] = []
    private var chunk = [UInt8](repeating: 0, count: 16 << 10)

    init(_ descriptor: Int32) { self.descriptor = descriptor }

    /// Connects to the socket at a path.
    init(connectingTo path: String) throws {
        descriptor = try UnixAddress(path).socket(then: Glibc.connect, "connect to")
    }

    func hangUp() { close(descriptor) }

    func send(_ bytes: [UInt8]) throws {
        var sent = 0
        while sent < bytes.count {
            let count = bytes.withUnsafeBytes {
                Glibc.send(descriptor, $0.baseAddress?.advanced(by: sent), $0.count - sent, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { throw BenchFailure("send: \(String(cString: strerror(errno)))") }
            sent += count
        }
    }

    /// Reads what is there, once.
    /// - Returns: `false` at the end of the connection.
    mutating func fill() -> Bool {
        let count = read(descriptor, &chunk, chunk.count)
        guard count > 0 else { return false }
        unread += chunk[..<count]
        return true
    }

    /// The next message, once it is there whole: its first line, and its body.
    mutating func next() throws -> (line: ArraySlice<UInt8>, body: ArraySlice<UInt8>)? {
        guard let head = Self.find(Self.blankLine, in: unread[...]) else { return nil }
        let body = head + Self.blankLine.count
        var length = 0
        if let field = Self.find(Self.lengthField, in: unread[..<head]) {
            for digit in unread[(field + Self.lengthField.count)...].prefix(while: { (0x30...0x39).contains($0) }) {
                length = length * 10 + Int(digit - 0x30)
                guard length <= 1 << 24 else { throw BenchFailure("a body of more than 16 MiB") }
            }
        }
        guard unread.count >= body + length else { return nil }
        defer { unread.removeFirst(body + length) }
        return (unread[..<(unread.firstIndex(of: 0x0D) ?? head)], unread[body..<(body + length)])
    }

    /// Where the needle begins.
    static func find(_ needle: [UInt8], in bytes: ArraySlice<UInt8>) -> Int? {
        let found: Int? = bytes.withUnsafeBytes { hay in
            guard let base = hay.baseAddress, !needle.isEmpty, hay.count >= needle.count else { return nil }
            return (0...(hay.count - needle.count)).first { offset in
                hay[offset] == needle[0] && memcmp(base + offset, needle, needle.count) == 0
            }
        }
        return found.map { bytes.startIndex + $0 }
    }

    private static let blankLine = Array("\r\n\r\n".utf8)
    private static let lengthField = Array("\r\nContent-Length: ".utf8)
}

/// The address of a Unix socket.
struct UnixAddress {
    private var address = sockaddr_un()
    private let path: String

    /// - Throws: when the path is too long for one.
    init(_ path: String) throws {
        self.path = path
        address.sun_family = sa_family_t(AF_UNIX)
        guard path.utf8.count < MemoryLayout.size(ofValue: address.sun_path) else {
            throw BenchFailure("'\(path)' is too long for a socket; name a shorter folder with --folder")
        }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
    }

    /// A new stream socket with which `act` (connect(2) or bind(2)) was done.
    func socket(
        then act: (Int32, UnsafePointer<sockaddr>, socklen_t) -> Int32, _ words: String
    ) throws -> Int32 {
        let descriptor = Glibc.socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        let outcome = withUnsafePointer(to: address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                act(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        guard descriptor >= 0, outcome == 0 else {
            defer { if descriptor >= 0 { close(descriptor) } }
            throw BenchFailure("cannot \(words) '\(path)': \(String(cString: strerror(errno)))")
        }
        return descriptor
    }
}
