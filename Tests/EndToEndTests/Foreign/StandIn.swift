import CEL
import Foundation
import Glibc
import Synchronization
import TestPrograms

/// An HTTP service of somebody else: over TCP on the loopback, one thread a connection, and an answer by what a test makes of each request.
final class StandIn: Sendable {
    struct Request: Sendable {
        var method: String
        /// Path and query, as they were sent.
        var target: String
        /// Names in lower case.
        var headers: [String: String]
        var body: String

        /// The pairs of a form, decoded; what is none of them is told as a fault by who reads it.
        var form: [String: String] {
            Dictionary(
                body.split(separator: "&").map { pair in
                    let halves = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
                    return (Self.decoded(halves[0]), halves.count > 1 ? Self.decoded(halves[1]) : "?")
                }, uniquingKeysWith: { "\($0)|\($1)" })
        }

        private static func decoded(_ text: Substring) -> String {
            text.replacing("+", with: " ").removingPercentEncoding ?? "no UTF-8"
        }
    }

    enum Answer: Sendable {
        case say(Int, String = "", headers: [String: String] = [:])
        /// The connection is closed without a byte.
        case cut
    }

    let port: UInt16
    private let listener: Int32
    private let answer: @Sendable (Request) -> Answer
    private let kept = Mutex<[Request]>([])

    /// - Parameter answer: called on the thread of a connection.
    init(_ answer: @escaping @Sendable (Request) -> Answer) throws {
        self.answer = answer
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isBound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, size) == 0 && listen(descriptor, 64) == 0
                    && getsockname(descriptor, $0, &size) == 0
            }
        }
        guard isBound else { throw ProgramFailure("no port for a stand-in: errno \(errno)") }
        listener = descriptor
        port = UInt16(bigEndian: address.sin_port)
        Thread.detachNewThread { [self] in serve() }
    }

    /// All that came whole, in its order.
    var requests: [Request] { kept.withLock { $0 } }

    func stop() { shutdown(listener, Int32(SHUT_RDWR)) }

    private func serve() {
        while true {
            let descriptor = accept(listener, nil, nil)
            guard descriptor >= 0 else { break }
            Thread.detachNewThread { [self] in
                while let request = Self.read(descriptor), respond(request, descriptor) {}
                close(descriptor)
            }
        }
        close(listener)
    }

    /// Whether the connection goes on.
    private func respond(_ request: Request, _ descriptor: Int32) -> Bool {
        kept.withLock { $0.append(request) }
        guard case .say(let status, let body, let headers) = answer(request) else { return false }
        var head = "HTTP/1.1 \(status) Some Words\r\nContent-Length: \(body.utf8.count)\r\n"
        if !body.isEmpty { head += "Content-Type: application/json\r\n" }
        for (name, value) in headers { head += "\(name): \(value)\r\n" }
        let bytes = Array((head + "\r\n" + body).utf8)
        return bytes.withUnsafeBytes { send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) } == bytes.count
    }

    private static func read(_ descriptor: Int32) -> Request? {
        guard let head = take(descriptor, until: { $0.suffix(4).elementsEqual("\r\n\r\n".utf8) }) else { return nil }
        let lines = String(decoding: head, as: UTF8.self).split(separator: "\r\n")
        let words = lines[0].split(separator: " ")
        guard words.count == 3 else { return nil }
        var headers: [String: String] = [:]
        for line in lines.dropFirst() {
            guard let colon = line.firstIndex(of: ":") else { return nil }
            headers[line[..<colon].lowercased()] = line[line.index(after: colon)...].drop { $0 == " " }.description
        }
        let length = headers["content-length"].flatMap(Int.init) ?? 0
        guard let body = length == 0 ? [] : take(descriptor, until: { $0.count == length }) else { return nil }
        return Request(
            method: String(words[0]), target: String(words[1]), headers: headers,
            body: String(decoding: body, as: UTF8.self))
    }

    private static func take(_ descriptor: Int32, until isWhole: ([UInt8]) -> Bool) -> [UInt8]? {
        var bytes: [UInt8] = []
        repeat {
            var byte: UInt8 = 0
            guard recv(descriptor, &byte, 1, 0) == 1 else { return nil }
            bytes.append(byte)
        } while !isWhole(bytes)
        return bytes
    }
}
