import Foundation
import Glibc
import Synchronization

/// A daemon that says what it was told to: each connection gets the next answer of the script and is closed.
final class ScriptedDaemon: Sendable {
    /// An answer on the wire.
    struct Answer: Sendable {
        var status: String
        var type: String
        var body: String

        static func json(_ status: String = "200 OK", _ body: String) -> Answer {
            Answer(status: status, type: "application/json", body: body)
        }

        static func problem(_ status: String, _ body: String) -> Answer {
            Answer(status: status, type: "application/problem+json", body: body)
        }

        static func lines(_ lines: String...) -> Answer {
            Answer(status: "200 OK", type: "application/x-ndjson", body: lines.map { $0 + "\n" }.joined())
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
        let text = """
            HTTP/1.1 \(answer.status)\r
            Content-Type: \(answer.type)\r
            Content-Length: \(answer.body.utf8.count)\r
            Connection: close\r
            \r
            \(answer.body)
            """
        var bytes = Array(text.utf8)[...]
        while !bytes.isEmpty {
            let count = bytes.withUnsafeBytes {
                Glibc.send(connection, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { return }
            bytes = bytes.dropFirst(count)
        }
    }
}
