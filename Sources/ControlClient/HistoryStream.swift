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
    let exchange: ControlExchange

    /// The stream's one iterator: the answer's body can be read once.
    public func makeAsyncIterator() -> Iterator {
        Iterator(body: body.makeAsyncIterator(), exchange: exchange)
    }

    /// Reads newline-delimited JSON.
    public struct Iterator: AsyncIteratorProtocol {
        var lines: StreamLines

        init(body: HTTPClientResponse.Body.AsyncIterator, exchange: ControlExchange) {
            lines = StreamLines(body: body, exchange: exchange)
        }

        /// The next record, `nil` at the end.
        ///
        /// - Throws: ``ClientError``.
        public mutating func next() async throws -> HistoryResource? {
            guard let json = try await lines.next() else { return nil }
            do {
                return try HistoryResource(json: JSON.parse(Array(json)))
            } catch {
                throw ClientError.protocolViolation("a record of a history: \(error)")
            }
        }
    }
}
