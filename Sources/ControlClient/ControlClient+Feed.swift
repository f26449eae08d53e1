import AsyncHTTPClient
import CEL
public import ControlAPI
import NIOCore
import NIOHTTP1

/// What a feed tells; what is `nil` or empty leaves nothing out.
public struct FeedRequest: Sendable, Hashable {
    /// The ``FeedResource/cursor`` of the last event that was taken; `nil`: from the beginning.
    public var after: String?
    /// Names.
    public var workflows: [String]
    /// Words of records: `started`, `ended` …
    public var kinds: [String]
    /// An id, or its first 8 digits or more.
    public var saga: String?
    /// The name of one who has a filter, and a place, of its own; it goes on there without ``after``.
    public var consumer: String?

    /// All that ever happened, unless told otherwise.
    public init(
        after: String? = nil, workflows: [String] = [], kinds: [String] = [], saga: String? = nil,
        consumer: String? = nil
    ) {
        self.consumer = consumer
        self.after = after
        self.workflows = workflows
        self.kinds = kinds
        self.saga = saga
    }

    var request: Request {
        var request = Request(.get, Route.feed.path())
        request.accept = "application/x-ndjson"
        for name in workflows { request.query("workflow", name) }
        for kind in kinds { request.query("kind", kind) }
        request.query("saga", saga)
        request.query("consumer", consumer)
        request.query("after", after)
        return request
    }
}

extension ControlClient {
    /// Some of the feed from a place on (`GET /v1/feed`), and where it goes on: the end is reached when that is where it was asked from.
    public func feed(_ asked: FeedRequest) async throws(ClientError) -> (events: [FeedResource], next: String) {
        let response = try await exchange.response(asked.request)
        guard let link = response.headers.first(name: "link"), let start = link.firstRange(of: "after="),
            let end = link[start.upperBound...].firstIndex(of: ">")
        else { throw .protocolViolation("a page of the feed without a link to the next") }
        var events: [FeedResource] = []
        var lines = StreamLines(body: response.body.makeAsyncIterator(), exchange: exchange)
        do {
            while let line = try await lines.next() { events.append(try FeedStream.event(line)) }
        } catch {
            throw exchange.failure(error)
        }
        return (events, String(link[start.upperBound..<end]))
    }

    /// The feed as it grows (`GET /v1/feed?follow`). It ends when the daemon goes down: go on behind the last event.
    public func followFeed(_ asked: FeedRequest) async throws(ClientError) -> FeedStream {
        var request = asked.request
        request.flag("follow")
        return FeedStream(body: try await exchange.open(request), exchange: exchange)
    }
}

/// The events of a followed feed; one iteration.
public struct FeedStream: AsyncSequence, Sendable {
    let body: HTTPClientResponse.Body
    let exchange: ControlExchange

    /// The stream's one iterator: the answer's body can be read once.
    public func makeAsyncIterator() -> Iterator {
        Iterator(lines: StreamLines(body: body.makeAsyncIterator(), exchange: exchange))
    }

    static func event(_ line: ArraySlice<UInt8>) throws(ClientError) -> FeedResource {
        do {
            return try FeedResource(json: JSON.parse(Array(line)))
        } catch {
            throw .protocolViolation("an event of the feed: \(error)")
        }
    }

    /// Reads newline-delimited JSON.
    public struct Iterator: AsyncIteratorProtocol {
        var lines: StreamLines

        /// The next event, `nil` at the end.
        ///
        /// - Throws: ``ClientError``.
        public mutating func next() async throws -> FeedResource? {
            try await lines.next().map { line throws(ClientError) in try FeedStream.event(line) }
        }
    }
}
