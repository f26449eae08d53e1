import AsyncHTTPClient
import Foundation
public import Identity
import NIOCore
import NIOHTTP1

/// Reads the keys of an issuer of tokens: from a file, or from its URL.
public struct IssuerKeys: Sendable {
    private struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    private let client: HTTPClient

    private static let timeout = TimeAmount.seconds(5)

    /// Keeps connections until ``shutdown()``.
    public init() {
        var configuration = HTTPClient.Configuration()
        // Elsewhere than where the configuration says there are nobody's keys.
        configuration.redirectConfiguration = .disallow
        configuration.timeout.connect = Self.timeout
        configuration.tracing.tracer = nil
        client = HTTPClient(
            eventLoopGroupProvider: .shared(HTTPClient.defaultEventLoopGroup), configuration: configuration)
    }

    /// Closes the connections.
    public func shutdown() async {
        try? await client.shutdown()
    }

    /// The text of a set of keys.
    public func text(of place: WebTokenRules.Keys) async throws -> String {
        switch place {
        case .file(let path):
            guard let file = FileHandle(forReadingAtPath: path) else { throw Failure(description: "it cannot be read") }
            defer { try? file.close() }
            let data = try file.read(upToCount: WebKeys.bytesMax + 1) ?? Data()
            return String(decoding: data, as: UTF8.self)
        case .url(let url):
            let request = try HTTPClient.Request(url: url, headers: ["accept": "application/json"])
            // Of the interface whose deadline holds until the body has ended.
            let accumulator = ResponseAccumulator(request: request, maxBodySize: WebKeys.bytesMax)
            let response = try await client.execute(
                request: request, delegate: accumulator, deadline: .now() + Self.timeout
            ).get()
            guard response.status == .ok else { throw Failure(description: "it answers \(response.status.code)") }
            return response.body.map { String(buffer: $0) } ?? ""
        }
    }
}
