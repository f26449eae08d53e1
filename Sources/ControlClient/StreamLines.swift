import AsyncHTTPClient
import NIOCore

/// The JSON of an answer that streams: newline-delimited, or server-sent events, whose `data:` lines hold the same.
struct StreamLines {
    private var body: HTTPClientResponse.Body.AsyncIterator
    private let exchange: ControlExchange
    private var buffer: [UInt8] = []
    private var position = 0

    /// A record is no larger than what the daemon takes in, many times over.
    private static let lineBytesMax = 16 << 20

    init(body: HTTPClientResponse.Body.AsyncIterator, exchange: ControlExchange) {
        self.body = body
        self.exchange = exchange
    }

    /// The next, `nil` at the end.
    /// - Throws: ``ClientError``.
    mutating func next() async throws -> ArraySlice<UInt8>? {
        while let line = try await line() {
            if let json = Self.payload(of: line) { return json }
        }
        return nil
    }

    private mutating func line() async throws -> ArraySlice<UInt8>? {
        var searched = position
        while true {
            if let end = buffer[searched...].firstIndex(of: UInt8(ascii: "\n")) {
                defer { position = end + 1 }
                return buffer[position..<end]
            }
            buffer.removeSubrange(..<position)
            position = 0
            searched = buffer.count
            guard searched <= Self.lineBytesMax else {
                throw ClientError.protocolViolation("a record of more than \(Self.lineBytesMax) bytes")
            }
            // A line that was cut off is no record.
            guard let more = try await chunk() else { return nil }
            buffer += more
        }
    }

    private mutating func chunk() async throws -> [UInt8]? {
        do {
            return try await body.next().map { Array($0.readableBytesView) }
        } catch {
            throw exchange.failure(error)
        }
    }

    /// The JSON in a line; `nil` for blank lines, comments that keep the connection alive, and fields of an event but `data`.
    static func payload(of line: ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
        let blanks: Set<UInt8> = [UInt8(ascii: " "), UInt8(ascii: "\r")]
        let line = line.drop { blanks.contains($0) }
        if line.first == UInt8(ascii: "{") { return line }
        guard line.starts(with: "data:".utf8) else { return nil }
        return line.dropFirst("data:".utf8.count).drop { blanks.contains($0) }
    }
}
