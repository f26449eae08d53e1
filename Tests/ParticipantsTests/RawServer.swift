import Foundation
import Glibc
import Participants
import Synchronization

/// A server that a test scripts byte by byte: each accepted connection runs the script on a thread of its own.
final class RawServer: Sendable {
    enum Kind: CaseIterable {
        case tcp
        case unix
    }

    let address: ParticipantAddress
    private let descriptor: Int32
    private let path: String?
    private let received = Received()
    private let threads = DispatchGroup()

    init(_ kind: Kind = .tcp, base: String = "", _ script: @escaping @Sendable (Connection) -> Void) throws {
        switch kind {
        case .tcp:
            let (socket, port) = try Self.listenTCP()
            descriptor = socket
            path = nil
            address = try ParticipantAddress(parsing: "http://127.0.0.1:\(port)\(base)")
        case .unix:
            let file = "/tmp/raw-\(UUID().uuidString).sock"
            descriptor = try Self.listenUnix(file, backlog: 128)
            path = file
            address = try ParticipantAddress(parsing: "unix:\(file)" + (base.isEmpty ? "" : ":\(base)"))
        }
        let descriptor = self.descriptor
        let threads = self.threads
        threads.enter()
        Thread.detachNewThread { [received] in
            while true {
                let accepted = accept(descriptor, nil, nil)
                guard accepted >= 0 else { break }
                threads.enter()
                Thread.detachNewThread {
                    let connection = Connection(accepted) { text in received.texts.withLock { $0.append(text) } }
                    script(connection)
                    connection.close()
                    threads.leave()
                }
            }
            threads.leave()
        }
    }

    /// The requests that were read whole, as they came.
    var requests: [String] { received.texts.withLock { $0 } }

    /// Takes no more connections and waits until all scripts have ended: the peer must have closed its connections.
    func stop() async {
        shutdown(descriptor, Int32(SHUT_RDWR))
        await withCheckedContinuation { continuation in
            threads.notify(queue: .global()) { continuation.resume() }
        }
        close(descriptor)
        if let path { unlink(path) }
    }

    static func listenTCP(backlog: Int32 = 128) throws -> (Int32, UInt16) {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let bound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
                bind(descriptor, generic, size) == 0 && getsockname(descriptor, generic, &size) == 0
            }
        }
        guard bound, listen(descriptor, backlog) == 0 else { throw Failure(errno: errno) }
        return (descriptor, UInt16(bigEndian: address.sin_port))
    }

    static func listenUnix(_ path: String, backlog: Int32) throws -> Int32 {
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        let bound = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size)) == 0
            }
        }
        guard bound, listen(descriptor, backlog) == 0 else { throw Failure(errno: errno) }
        return descriptor
    }

    private final class Received: Sendable {
        let texts = Mutex<[String]>([])
    }

    struct Failure: Error {
        let errno: Int32
    }
}

/// An accepted connection in the hands of a script.
final class Connection: Sendable {
    let descriptor: Int32
    private let note: @Sendable (String) -> Void
    private let isClosed = Atomic(false)

    init(_ descriptor: Int32, note: @escaping @Sendable (String) -> Void) {
        self.descriptor = descriptor
        self.note = note
    }

    /// Once: the number may belong to somebody else a moment later.
    func close() {
        if !isClosed.exchange(true, ordering: .relaxed) { Glibc.close(descriptor) }
    }

    /// Reads one request, head and body; `nil` when the peer closed before it was whole.
    func readRequest() -> String? {
        guard let head = readHead(), let body = readBody(of: head) else { return nil }
        note(head + body)
        return head + body
    }

    /// Reads as much as the head announces.
    func readBody(of head: String) -> String? {
        let lengths = head.split(separator: "\r\n").compactMap { line in
            line.lowercased().hasPrefix("content-length:") ? Int(line.dropFirst(15).drop { $0 == " " }) : nil
        }
        return read(lengths.first ?? 0)
    }

    /// Reads a request's head with the empty line at its end.
    func readHead() -> String? {
        var head: [UInt8] = []
        while !head.suffix(4).elementsEqual("\r\n\r\n".utf8) {
            var byte: UInt8 = 0
            guard recv(descriptor, &byte, 1, 0) == 1 else { return nil }
            head.append(byte)
        }
        return String(decoding: head, as: UTF8.self)
    }

    private func read(_ count: Int) -> String? {
        var bytes = [UInt8](repeating: 0, count: count)
        var have = 0
        while have < count {
            let read = bytes.withUnsafeMutableBytes { recv(descriptor, $0.baseAddress! + have, count - have, 0) }
            guard read > 0 else { return nil }
            have += read
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    func send(_ text: String) { send(Array(text.utf8)) }

    func send(_ bytes: [UInt8]) {
        var bytes = bytes[...]
        while !bytes.isEmpty {
            let sent = bytes.withUnsafeBytes {
                Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            guard sent > 0 else { return }
            bytes = bytes.dropFirst(sent)
        }
    }

    func answer(_ status: String, headers: String = "", body: String = "") {
        send("HTTP/1.1 \(status)\r\n\(headers)Content-Length: \(body.utf8.count)\r\n\r\n\(body)")
    }

    /// Answers every request alike until the peer closes.
    func answerAll(_ status: String, headers: String = "", body: String = "") {
        while readRequest() != nil { answer(status, headers: headers, body: body) }
    }

    /// Blocks until the peer has closed: how a script stalls without a clock.
    func waitForClose() {
        var byte: UInt8 = 0
        while recv(descriptor, &byte, 1, 0) > 0 {}
    }

    /// The same, and what comes is left where it is: the peer has closed when it is reset or over.
    func waitForCloseUnread() {
        // POLLRDHUP, which Glibc hides without _GNU_SOURCE.
        var event = pollfd(fd: descriptor, events: 0x2000, revents: 0)
        poll(&event, 1, -1)
    }

    /// Makes the close that follows a reset (`SO_LINGER` of 0).
    func reset() {
        var option = linger(l_onoff: 1, l_linger: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &option, socklen_t(MemoryLayout<linger>.size))
    }
}
