import AsyncHTTPClient
import CEL
public import ControlAPI
import NIOCore

extension ControlClient {
    /// A saga's history as it grows (`GET /v1/sagas/{id}/history?follow`), from the record behind `number` on. It ends with the
    /// saga, or when the daemon goes down: look at the last record to know which, and go on behind that.
    public func follow(_ saga: String, after number: Int = 0) async throws(ClientError) -> HistoryStream {
        var request = Request(.get, Route.history.path(saga))
        request.flag("follow")
        if number > 0 { request.query("after", "\(number)") }
        return HistoryStream(body: try await exchange.open(request), exchange: exchange)
    }
}

/// The records of a followed history; one iteration.
public struct HistoryStream: AsyncSequence, Sendable {
    let body: HTTPClientResponse.Body
    let exchange: Exchange

    /// The stream's one iterator: the answer's body can be read once.
    public func makeAsyncIterator() -> Iterator {
        Iterator(body: body.makeAsyncIterator(), exchange: exchange)
    }

    /// Reads newline-delimited JSON, and server-sent events, whose `data:` lines hold the same.
    public struct Iterator: AsyncIteratorProtocol {
        var body: HTTPClientResponse.Body.AsyncIterator
        let exchange: Exchange
        private var buffer: [UInt8] = []
        private var position = 0

        /// A record is no larger than what the daemon takes in, many times over.
        private static let lineBytesMax = 16 << 20

        init(body: HTTPClientResponse.Body.AsyncIterator, exchange: Exchange) {
            self.body = body
            self.exchange = exchange
        }

        /// The next record, `nil` at the end.
        ///
        /// - Throws: ``ClientError``.
        public mutating func next() async throws -> HistoryResource? {
            while let line = try await line() {
                guard let json = Self.payload(of: line) else { continue }
                do {
                    return try HistoryResource(json: JSON.parse(Array(json)))
                } catch {
                    throw ClientError.protocolViolation("a record of a history: \(error)")
                }
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
                guard let more = try await chunk() else {
                    // A line that was cut off is no record.
                    return nil
                }
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
}
