import Foundation
import Glibc
import TestPrograms

/// A listener that takes one request, answers with the bytes it was given, and closes; or holds the connection until it is
/// dropped.
final class OneAnswer: Sendable {
    let path: String
    private let listener: Int32

    init(at path: String, _ answer: String, hold: Bool = false) throws {
        self.path = path
        let listener = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        self.listener = listener
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        let outcome = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(listener, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        guard outcome == 0, listen(listener, 8) == 0 else { throw ProgramFailure("cannot listen on \(path)") }
        Thread.detachNewThread {
            let connection = accept(listener, nil, nil)
            guard connection >= 0 else { return }
            var bytes: [UInt8] = []
            var chunk = [UInt8](repeating: 0, count: 4_096)
            while !String(decoding: bytes, as: UTF8.self).contains("\r\n\r\n") {
                let count = read(connection, &chunk, chunk.count)
                guard count > 0 else { break }
                bytes += chunk[..<count]
            }
            let text = Array(answer.utf8)
            _ = send(connection, text, text.count, Int32(MSG_NOSIGNAL))
            // Returns when the client has gone.
            if hold { _ = read(connection, &chunk, chunk.count) }
            close(connection)
        }
    }

    deinit {
        shutdown(listener, Int32(SHUT_RDWR))
        close(listener)
    }
}
