import AsyncHTTPClient
import ControlAPI
import NIOCore
import NIOHTTP1

extension ControlClient {
    /// How long the daemon may copy before it answers, in milliseconds: an hour.
    private static let copyingMax: Int64 = 3_600_000

    /// A copy of the store (`POST /v1/backup`), handed to `receive` piece by piece.
    /// - Parameter begin: told how many bytes there will be and where the daemon's own store is, before the first of them.
    /// - Returns: the bytes that came.
    /// - Throws: ``ClientError``, and what the closures throw.
    public func backup(
        begin: (_ bytes: Int?, _ store: String?) throws -> Void, receive: ([UInt8]) throws -> Void
    ) async throws -> Int {
        var request = Request(.post, Route.backup.path())
        request.waits = Self.copyingMax
        let response = try await exchange.response(request)
        let length = response.headers.first(name: "Content-Length").flatMap { Int($0) }
        try begin(length, response.headers.first(name: "Store-Path"))
        var body = response.body.makeAsyncIterator()
        var count = 0
        while let piece = try await exchange.piece(&body) {
            try receive(piece)
            count += piece.count
        }
        return count
    }
}

extension ControlExchange {
    /// The next bytes of a body; the daemon must not stop in the middle for longer than it may take to answer.
    fileprivate func piece(_ body: inout HTTPClientResponse.Body.AsyncIterator) async throws -> [UInt8]? {
        do {
            return try await body.next().map { Array($0.readableBytesView) }
        } catch {
            throw failure(error)
        }
    }
}
