import ControlAPI
import HTTPTypes
import Hummingbird
import NIOCore
import SagaCore
import SagaEngine

extension ControlResponder {
    /// For how long a feed that is followed says nothing at most: proxies close what is silent for a minute.
    private static let pulse = Duration.seconds(15)

    /// What is asked for: of a consumer by its own filter, else by that of the question.
    private enum Told {
        case consumer(String)
        case filter(FeedFilter)
    }

    /// `GET /v1/feed`: all histories as CloudEvents in the order of the commits, a page from `after` on; `?follow` goes on with what comes.
    /// With `?consumer` behind what that one has acknowledged, unless `after` says otherwise.
    func feed(_ request: Request) async throws -> Response {
        let query = try request.query(of: .feed)
        let told =
            try query["consumer"].map { Told.consumer(try query.consumer($0)) } ?? .filter(try query.feedFilter())
        let format = FeedText.allCases[Accept(request.headers[.accept]).best(of: FeedText.allCases.map(\.offer))]
        let after = try query.feedCursor(lastEvent: Self.lastEventID.flatMap { request.headers[$0] })
        let limit = query["limit"] == nil ? Engine.pageMax : try query.limit()
        let news = engine.news
        let first = try await page(told, after: after, limit: limit)
        var headers: HTTPFields = [.contentType: format.contentType, .cacheControl: "no-cache", .vary: "Accept"]
        guard query["follow"] != nil else {
            let next = query.target(after: first.next)
            if let link = HTTPField.Name("Link") { headers[link] = "<\(next)>; rel=\"next\"" }
            let bytes = await engine.aside { format.bytes(first.events) }
            return Response(status: .ok, headers: headers, body: ResponseBody(byteBuffer: ByteBuffer(bytes: bytes)))
        }
        return Response(
            status: .ok, headers: headers, body: follow(first, told, limit: limit, format, since: news))
    }

    private func page(_ told: Told, after: FeedCursor?, limit: Int) async throws -> FeedPage {
        switch told {
        case .consumer(let name): try await engine.feed(consumer: name, after: after, limit: limit).page
        case .filter(let filter): try await engine.feed(after: after, filter, limit: limit)
        }
    }

    private static let lastEventID = HTTPField.Name("Last-Event-ID")

    /// A reader that is slow holds one page, and nothing waits for it: the next one is read when this one is gone.
    private func follow(
        _ first: FeedPage, _ told: Told, limit: Int, _ format: FeedText, since news: Int
    ) -> ResponseBody {
        ResponseBody { writer in
            var page = first
            var seen = news
            while true {
                if !page.events.isEmpty {
                    let events = page.events
                    try await writer.write(ByteBuffer(bytes: await self.engine.aside { format.bytes(events) }))
                }
                while page.isEnd {
                    guard let isNews = await self.awaitNews(since: seen) else { return try await writer.finish(nil) }
                    if isNews { break }
                    try await writer.write(ByteBuffer(bytes: format.pulse))
                }
                if self.engine.waitsEnded || Task.isCancelled { break }
                seen = self.engine.news
                // What cannot be read now ends the stream, and the client asks again from where it is.
                guard let next = try? await self.page(told, after: page.next, limit: limit) else { break }
                page = next
            }
            try await writer.finish(nil)
        }
    }

    /// - Returns: whether there is news, `false` when it is time for a sign of life; `nil` when there will be none.
    private func awaitNews(since seen: Int) async -> Bool? {
        await withTaskGroup(of: Bool?.self) { group in
            group.addTask { await engine.awaitNews(since: seen) ? true : nil }
            group.addTask { (try? await Task.sleep(for: Self.pulse)).map { false } }
            defer { group.cancelAll() }
            return await group.next() ?? nil
        }
    }
}

extension Query {
    /// `workflow`, `kind` and `saga`, the first two as often as is wished.
    fileprivate func feedFilter() throws -> FeedFilter {
        let kinds = Set(all("kind"))
        try Self.check(kinds: kinds)
        let saga = try self["saga"].map { try ControlResponder.reference($0) }
        return FeedFilter(workflows: Set(all("workflow")), kinds: kinds, saga: saga)
    }

    /// A consumer, which has a filter of its own.
    fileprivate func consumer(_ name: String) throws(WireProblem) -> String {
        for other in ["workflow", "kind", "saga"] where self[other] != nil {
            throw .badRequest("'\(other)' with 'consumer': the consumer '\(name)' has a filter of its own")
        }
        return name
    }

    static func check(kinds: Set<String>) throws(WireProblem) {
        guard let unknown = kinds.subtracting(Record.kinds).min() else { return }
        throw .badRequest("'kind' is '\(unknown)'; it must be one of \(Record.kinds.joined(separator: ", "))")
    }

    /// `after`, or what a browser sends of its own when it comes again.
    fileprivate func feedCursor(lastEvent: String?) throws -> FeedCursor? {
        guard let text = self["after"] ?? lastEvent else { return nil }
        return try ControlResponder.cursor(text, "after")
    }

    /// The same question, to go on.
    fileprivate func target(after cursor: FeedCursor) -> String {
        let same = parameters.filter { $0.name != "after" }.map {
            "\(ControlAPI.Route.encoded($0.name))=\(ControlAPI.Route.encoded($0.value))&"
        }
        return "\(ControlAPI.Route.feed.path())?\(same.joined())after=\(cursor)"
    }
}
