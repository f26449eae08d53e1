import Foundation
import Glibc
import Synchronization

/// A daemon that says what it was told to: each connection gets the next answer of the script and is closed.
final class ScriptedDaemon: Sendable {
    /// An answer on the wire.
    struct Answer: Sendable {
        var text: String

        static func json(_ body: String) -> Answer { json("200 OK", body) }

        static func json(_ status: String, _ body: String) -> Answer { http(status, "application/json", body) }

        static func problem(_ status: String, _ body: String) -> Answer {
            http(status, "application/problem+json", body)
        }

        static func lines(_ lines: String...) -> Answer { .lines(lines) }

        static func lines(_ lines: [String]) -> Answer {
            http("200 OK", "application/x-ndjson", lines.map { $0 + "\n" }.joined())
        }

        /// These bytes and nothing else.
        static func raw(_ text: String) -> Answer { Answer(text: text) }

        private static func http(_ status: String, _ type: String, _ body: String) -> Answer {
            let head = [
                "HTTP/1.1 \(status)", "Content-Type: \(type)", "Content-Length: \(body.utf8.count)",
                "Connection: close",
            ]
            return Answer(text: head.joined(separator: "\r\n") + "\r\n\r\n" + body)
        }
    }

    let folder: Folder
    let socket: String
    private let listener: Int32
    private let seen = Mutex<[String]>([])

    init(_ script: Answer...) throws {
        folder = try Folder()
        socket = folder.path("daemon.sock")
        listener = try Self.listen(at: socket)
        Thread.detachNewThread { [self] in
            for answer in script {
                let connection = accept(listener, nil, nil)
                guard connection >= 0 else { return }
                let request = Self.request(from: connection)
                seen.withLock { $0.append(request) }
                Self.send(answer, to: connection)
                close(connection)
            }
            close(listener)
        }
    }

    /// The requests so far: the line and the body, without the headers but the key.
    var requests: [String] { seen.withLock { $0 } }

    /// Runs yogictl against it.
    func run(_ arguments: String..., input: String? = nil) async throws -> Program.Run {
        try await run(arguments, input: input)
    }

    func run(_ arguments: [String], input: String? = nil) async throws -> Program.Run {
        try await Program.run(arguments, input: input, environment: ["YOGIYOGI_SOCKET": socket])
    }

    private static func listen(at path: String) throws -> Int32 {
        let listener = Glibc.socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        let bound = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(listener, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        guard bound == 0, Glibc.listen(listener, 8) == 0 else {
            throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO)
        }
        return listener
    }

    private static func request(from connection: Int32) -> String {
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 65_536)
        while true {
            let text = String(decoding: bytes, as: UTF8.self)
            if let end = text.range(of: "\r\n\r\n") {
                let head = text[..<end.lowerBound].components(separatedBy: "\r\n")
                let body = text[end.upperBound...]
                let length = head.first { $0.lowercased().hasPrefix("content-length:") }
                    .flatMap { Int($0.dropFirst("content-length:".count).trimmingCharacters(in: .whitespaces)) }
                if body.utf8.count >= length ?? 0 {
                    let key = head.filter { $0.lowercased().hasPrefix("idempotency-key:") }
                    return ([String(head[0].dropLast(" HTTP/1.1".count))] + key + (body.isEmpty ? [] : [String(body)]))
                        .joined(separator: "\n")
                }
            }
            let count = read(connection, &chunk, chunk.count)
            guard count > 0 else { return text }
            bytes += chunk[..<count]
        }
    }

    private static func send(_ answer: Answer, to connection: Int32) {
        var bytes = Array(answer.text.utf8)[...]
        while !bytes.isEmpty {
            let count = bytes.withUnsafeBytes {
                Glibc.send(connection, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { return }
            bytes = bytes.dropFirst(count)
        }
    }
}
