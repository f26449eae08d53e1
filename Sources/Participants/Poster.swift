import CEL
import NIOCore
import NIOHTTP1
import NIOPosix
public import SagaCore
import SagaEngine

/// Posts to one address by the client that carries calls: one deadline over connection, head and body, TLS as for participants, no
/// redirects, an answer of 1 MiB at most, and nothing repeated that may have left.
public final class Poster: Sendable {
    /// What came of a post.
    public enum Ending: Sendable, Hashable {
        /// - Parameters:
        ///   - retryAfter: milliseconds for which nothing is wanted; `nil`: it says nothing of it.
        ///   - words: the status, and what the body says of it.
        case answered(status: Int, retryAfter: Int64?, words: String)
        /// It cannot have come there.
        case unreached(String)
        /// It may have come there.
        case unanswered(String)
    }

    /// Where it posts to.
    public let address: ParticipantAddress
    private let token: BearerToken?
    private let client: CallClient

    /// Of a body, what is shown of it.
    private static let shownMax = 200

    /// A poster without a connection yet.
    public convenience init(_ address: ParticipantAddress, token: BearerToken? = nil) {
        self.init(address, token: token, trust: Trust())
    }

    init(_ address: ParticipantAddress, token: BearerToken?, trust: Trust) {
        self.address = address
        self.token = token
        client = CallClient(address.endpoint, trust: trust, on: MultiThreadedEventLoopGroup.singleton.next())
    }

    /// Sends a body and waits for the answer, for so many milliseconds at most. Never throws; a cancelled task ends it.
    public func post(
        _ body: [UInt8], _ fields: [(name: String, value: String)], timeout: Int64, at now: Instant
    ) async -> Ending {
        var headers = HTTPHeaders([
            ("Host", address.authority), ("Accept", "*/*"), ("Accept-Encoding", "identity"),
            ("Content-Length", String(body.count)),
        ])
        if let token { headers.add(name: "Authorization", value: token.text(behind: "Bearer ")) }
        for field in fields { headers.add(name: field.name, value: field.value) }
        let request = HTTPExchange.Request(
            method: .POST, target: address.base.isEmpty ? "/" : address.base, headers: headers,
            body: ByteBuffer(bytes: body))
        switch await client.send(request, by: .now() + .milliseconds(timeout)) {
        case .answered(let answer):
            return .answered(
                status: Int(answer.status.code), retryAfter: RetryAfter.milliseconds(answer.headers, now: now),
                words: words(of: answer))
        case .failed(let error, let isHeadSent, let coding):
            let failure = SendFailure(error, isHeadSent: isHeadSent, coding: coding, timeout: timeout, address)
            return isHeadSent ? .unanswered(failure.message) : .unreached(failure.message)
        }
    }

    /// Closes its connections; what is under way ends.
    public func shutdown() async { await client.shutdown() }

    /// A receiver may repeat what it was sent.
    private func words(of answer: HTTPExchange.Answered) -> String {
        let bytes = answer.body.map { Array($0.readableBytesView.prefix(1 << 14)) } ?? []
        let said = ProblemBody(try? JSON.parse(bytes, depthMax: 16))?.message ?? String(decoding: bytes, as: UTF8.self)
        let line = String(said.map { $0.isNewline ? " " : $0 })
        let text =
            "the answer was \(answer.status.code)"
            + (line.isEmpty ? "" : ": \(OutcomeRules.clipped(line, to: Self.shownMax))")
        return token?.masked(in: text) ?? text
    }
}
