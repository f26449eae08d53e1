import Foundation
import Glibc
import TestPrograms

/// HTTP by hand, for servers that misbehave on purpose.
enum RawHTTP {
    /// The fields of a request by their names in small letters, `:path` among them, what came of its body, and how long that is.
    static func readHead(_ connection: Int32) -> (head: [String: String], start: [UInt8], length: Int)? {
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 65_536)
        let end = Array("\r\n\r\n".utf8)
        while true {
            if let place = bytes.firstRange(of: end) {
                var head: [String: String] = [:]
                let lines = String(decoding: bytes[..<place.lowerBound], as: UTF8.self).split(separator: "\r\n")
                head[":path"] = lines.first?.split(separator: " ").dropFirst().first.map(String.init)
                for line in lines.dropFirst() {
                    let sides = line.split(separator: ":", maxSplits: 1)
                    if sides.count == 2 { head[sides[0].lowercased()] = sides[1].trimmingCharacters(in: .whitespaces) }
                }
                return (head, Array(bytes[place.upperBound...]), head["content-length"].flatMap(Int.init) ?? 0)
            }
            let count = read(connection, &chunk, chunk.count)
            guard count > 0 else { return nil }
            bytes += chunk[..<count]
        }
    }

    /// So many bytes, of which some came with the head; `nil` when the connection ends before.
    static func readBody(_ connection: Int32, _ start: [UInt8], _ length: Int) -> [UInt8]? {
        var body = start
        var chunk = [UInt8](repeating: 0, count: 65_536)
        while body.count < length {
            let count = read(connection, &chunk, chunk.count)
            guard count > 0 else { return nil }
            body += chunk[..<count]
        }
        return body
    }

    /// A listening socket at a path.
    static func listen(_ path: String) throws -> Int32 {
        let listener = Glibc.socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        let bound = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(listener, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        guard bound == 0, Glibc.listen(listener, 8) == 0 else { throw ProgramFailure("cannot listen at \(path)") }
        return listener
    }
}
